/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/qemu_args.h"

#include <string.h>

#include "base/size.h"

const char *vm_firmware_name(enum vm_firmware firmware)
{
	return firmware == VM_UEFI ? "UEFI" : "BIOS";
}

const char *vm_bus_name(enum vm_bus bus)
{
	return bus == VM_VIRTIO ? "virtio" : "NVMe";
}

const char *vm_accel_name(enum vm_accel accel)
{
	return accel == VM_KVM ? "KVM" : "TCG";
}

const char *qemu_program(enum vm_arch arch)
{
	return arch == VM_ARM64 ? "qemu-system-aarch64" : "qemu-system-x86_64";
}

static const char *cpu_model(const struct vm_spec *spec)
{
	if (spec->accel == VM_KVM)
		return "host";
	/* What a Graviton2 has; "max" would emulate pointer authentication, slowly. */
	if (spec->identity->arch == VM_ARM64)
		return "neoverse-n1";
	/*
	 * A t3 has neither page tables of five levels, which take longer to
	 * emulate, nor virtualization of its own. Without the latter, QEMU would leave
	 * out the leaf of CPUID that tells how long addresses are. Fast string operations
	 * a t3 does have, but emulated they go byte by byte: without them a kernel clears
	 * and copies its pages in words (measured: 1.2 GB/s for 0.24, 540 MB/s for 140).
	 */
	return "max,-la57,-svm,-erms,-fsrm,min-xlevel=0x80000008";
}

/*
 * With a thread for each of several processors, one may run code that the other is
 * patching, as a kernel does while it boots (seen: "Oops: int3" of Linux 6.12).
 */
static const char *accelerator(const struct vm_spec *spec, unsigned int cpus)
{
	if (spec->accel == VM_KVM)
		return "kvm";
	return cpus > 1 ? "tcg,thread=single" : "tcg,thread=multi";
}

static void add_machine(const struct vm_spec *spec, struct strv *argv)
{
	unsigned int cpus = spec->cpus ? spec->cpus : spec->accel == VM_KVM ? 2 : 1;
	/*
	 * Without graphics, the BIOS writes to the serial console what it has to say. A
	 * Nitro instance has no SATA, SMBus or HPET either; to look for them takes a
	 * guest seconds under emulation.
	 */
	const char *type = "q35,graphics=off,sata=off,smbus=off,hpet=off";

	if (spec->identity->arch == VM_ARM64)
		type = spec->accel == VM_KVM ? "virt,gic-version=host"
					     : "virt,gic-version=3";
	strv_add(argv, "-machine");
	if (spec->firmware == VM_UEFI)
		strv_addf(argv, "%s,pflash0=firmware-code,pflash1=firmware-vars", type);
	else
		strv_add(argv, type);
	STRV_ADD(
		argv, "-accel", accelerator(spec, cpus), "-cpu", cpu_model(spec), "-smp");
	strv_addf(argv, "%u", cpus);
	strv_add(argv, "-m");
	strv_addf(argv, "%lluM", (unsigned long long)(spec->memory_bytes / MIB));
	STRV_ADD(argv, "-rtc", "base=utc", "-object",
		"rng-random,id=random,filename=/dev/urandom", "-device",
		"virtio-rng-pci,rng=random");
}

static void add_firmware(const struct vm_spec *spec, struct strv *argv)
{
	if (spec->firmware != VM_UEFI)
		return;
	strv_add(argv, "-blockdev");
	strv_addf(argv,
		"driver=file,node-name=firmware-code,filename=/proc/self/fd/"
		"%d,read-only=on",
		spec->firmware_code_fd);
	strv_add(argv, "-blockdev");
	strv_addf(argv, "driver=file,node-name=firmware-vars,filename=/proc/self/fd/%d",
		spec->firmware_vars_fd);
}

/* What EC2's Nitro instances show; cloud-init knows them by the UUID and the serial. */
static void add_smbios(const struct vm_spec *spec, struct strv *argv)
{
	const struct instance_identity *id = spec->identity;

	STRV_ADD(argv, "-uuid", id->uuid, "-smbios");
	strv_addf(argv,
		"type=0,vendor=Amazon EC2,version=1.0,date=10/16/2017,release=1.0%s",
		spec->firmware == VM_UEFI ? ",uefi=on" : "");
	strv_add(argv, "-smbios");
	strv_addf(argv, "type=1,manufacturer=Amazon EC2,product=%s,serial=%s,uuid=%s",
		id->instance_type, id->uuid, id->uuid);
	strv_add(argv, "-smbios");
	strv_addf(argv, "type=2,manufacturer=Amazon EC2,asset=%s", id->instance_id);
	STRV_ADD(argv, "-smbios", "type=3,manufacturer=Amazon EC2,asset=Amazon EC2");
}

/* The serial number as EBS shows it: the volume's id without the dash. */
static void add_disk_device(const struct vm_spec *spec, struct strv *argv)
{
	strv_add(argv, "-device");
	strv_addf(argv, "%s,drive=volume,serial=vol%s,bootindex=0",
		spec->bus == VM_VIRTIO ? "virtio-blk-pci" : "nvme",
		spec->identity->volume_id + strlen("vol-"));
	STRV_ADD(argv, "-boot", "strict=on");
}

static void add_disk(const struct vm_spec *spec, struct strv *argv)
{
	strv_add(argv, "-blockdev");
	strv_addf(argv,
		"driver=%s,node-name=image-file,filename=/proc/self/fd/%d,read-only=on",
		spec->image_is_device ? "host_device" : "file", spec->image_fd);
	strv_add(argv, "-blockdev");
	strv_addf(argv, "driver=%s,node-name=image,file=image-file,read-only=on",
		vm_image_format_name(spec->image_format));
	/* The volume is thrown away with the machine: it need not survive a power cut. */
	strv_add(argv, "-blockdev");
	strv_addf(argv,
		"driver=file,node-name=volume-file,filename=/proc/self/fd/"
		"%d,cache.no-flush=on,discard=unmap",
		spec->volume_fd);
	STRV_ADD(argv, "-blockdev",
		"driver=qcow2,node-name=volume,file=volume-file,backing=image,cache.no-"
		"flush=on,discard=unmap");
	add_disk_device(spec, argv);
}

static void add_wires(const struct vm_spec *spec, struct strv *argv)
{
	strv_add(argv, "-chardev");
	strv_addf(argv, "socket,id=console,fd=%d", spec->console_fd);
	STRV_ADD(argv, "-serial", "chardev:console", "-chardev");
	strv_addf(argv, "socket,id=monitor,fd=%d", spec->qmp_fd);
	STRV_ADD(argv, "-mon", "chardev=monitor,mode=control", "-netdev");
	strv_addf(argv, "socket,id=net0,fd=%d", spec->wire_fd);
	strv_add(argv, "-device");
	strv_addf(
		argv, "virtio-net-pci,netdev=net0,mac=%s,romfile=", spec->identity->mac);
}

void qemu_args(const struct vm_spec *spec, struct strv *argv)
{
	static const char sandbox[] =
		"on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

	STRV_ADD(argv, qemu_program(spec->identity->arch), "-no-user-config",
		"-nodefaults", "-no-reboot", "-display", "none", "-sandbox", sandbox);
	add_firmware(spec, argv);
	add_machine(spec, argv);
	add_smbios(spec, argv);
	add_disk(spec, argv);
	add_wires(spec, argv);
}

size_t qemu_fds(const struct vm_spec *spec, int fds[static QEMU_FDS_MOST])
{
	size_t count = 0;

	fds[count++] = spec->image_fd;
	fds[count++] = spec->volume_fd;
	fds[count++] = spec->console_fd;
	fds[count++] = spec->qmp_fd;
	fds[count++] = spec->wire_fd;
	if (spec->firmware == VM_UEFI) {
		fds[count++] = spec->firmware_code_fd;
		fds[count++] = spec->firmware_vars_fd;
	}
	return count;
}
