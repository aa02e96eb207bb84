/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/qemu_args.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

static struct instance_identity identity;

static struct vm_spec make_spec(enum vm_arch arch)
{
	uint8_t random[IDENTITY_RANDOM_BYTES] = { 0 };

	instance_identity_init(&identity, arch, random);
	return (struct vm_spec){ .identity = &identity,
		.firmware = arch == VM_ARM64 ? VM_UEFI : VM_BIOS,
		.memory_bytes = UINT64_C(1) << 30,
		.cpus = 2,
		.image_fd = 11,
		.image_format = VM_IMAGE_RAW,
		.volume_fd = 12,
		.firmware_code_fd = 13,
		.firmware_vars_fd = 14,
		.console_fd = 15,
		.qmp_fd = 16,
		.wire_fd = 17 };
}

/* The arguments as one text: " -a b -c d ". */
static char *join(const struct vm_spec *spec)
{
	CLEANUP(strv_releasep) struct strv argv = STRV_INIT;
	struct strbuf text = STRBUF_INIT;

	qemu_args(spec, &argv);
	strbuf_add_char(&text, ' ');
	for (size_t i = 0; i < argv.count; i++)
		strbuf_addf(&text, "%s ", argv.items[i]);
	return strbuf_take(&text);
}

static void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in '%s'", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' in '%s'", part, text);
}

static void each_choice_has_its_arguments(void **state)
{
	static const struct {
		enum vm_arch arch;
		enum vm_firmware firmware;
		enum vm_bus bus;
		enum vm_accel accel;
		const char *parts[6];
	} cases[] = {
		{ VM_X86_64, VM_BIOS, VM_NVME, VM_TCG,
			{ " qemu-system-x86_64 ",
				" -machine "
				"q35,graphics=off,sata=off,smbus=off,hpet=off ",
				" -accel tcg,thread=multi ",
				" -cpu max,-la57,-svm,-erms,-fsrm,min-xlevel=0x80000008 ",
				" -smp 1 ",
				" -device "
				"nvme,drive=volume,serial=vol00000000000000000," } },
		{ VM_X86_64, VM_BIOS, VM_VIRTIO, VM_KVM,
			{ " -accel kvm ", " -cpu host ", " -smp 2 ",
				" -device virtio-blk-pci,drive=volume,serial=vol0" } },
		{ VM_X86_64, VM_UEFI, VM_NVME, VM_TCG,
			{ ",hpet=off,pflash0=firmware-code,pflash1=firmware-vars ",
				"firmware-code,filename=/proc/self/fd/13,read-only=on ",
				"firmware-vars,filename=/proc/self/fd/14 ",
				"type=0,vendor=Amazon EC2,version=1.0,date=10/16/2017,"
				"release=1.0,uefi=on " } },
		{ VM_ARM64, VM_UEFI, VM_NVME, VM_TCG,
			{ " qemu-system-aarch64 ", " virt,gic-version=3,pflash0=",
				" -cpu neoverse-n1 ", "product=t4g.micro," } },
		{ VM_ARM64, VM_UEFI, VM_VIRTIO, VM_KVM,
			{ " virt,gic-version=host,", " -cpu host ",
				" virtio-blk-pci," } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vm_spec spec = make_spec(cases[i].arch);
		CLEANUP(freep) char *text = NULL;

		spec.firmware = cases[i].firmware;
		spec.bus = cases[i].bus;
		spec.cpus = 0; /* as many as suits */
		spec.accel = cases[i].accel;
		text = join(&spec);
		for (size_t j = 0; j < 6 && cases[i].parts[j]; j++)
			assert_has(text, cases[i].parts[j]);
		if (cases[i].firmware == VM_BIOS)
			assert_lacks(text, "pflash");
	}
}

static void several_emulated_processors_share_a_thread(void **state)
{
	struct vm_spec spec = make_spec(VM_X86_64);
	CLEANUP(freep) char *text = NULL;

	(void)state;
	spec.cpus = 2;
	text = join(&spec);
	assert_has(text, " -accel tcg,thread=single ");
	assert_has(text, " -smp 2 ");
}

/* There is no network but the wire, no configuration of the host's, and no new processes.
 */
static void every_machine_is_shut_in(void **state)
{
	static const enum vm_arch archs[] = { VM_X86_64, VM_ARM64 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(archs); i++) {
		struct vm_spec spec = make_spec(archs[i]);
		CLEANUP(freep) char *text = join(&spec);
		const char *netdev = strstr(text, " -netdev ");

		assert_has(text, " -no-user-config -nodefaults -no-reboot -display none "
				 "-sandbox on,"
				 "obsolete=deny,elevateprivileges=deny,spawn=deny,"
				 "resourcecontrol=deny ");
		assert_non_null(netdev);
		assert_has(netdev, " -netdev socket,id=net0,fd=17 ");
		assert_lacks(netdev + 1, " -netdev ");
		assert_lacks(text, "user,");
		assert_lacks(text, "hostfwd");
		assert_lacks(text, " -nic ");
		assert_lacks(text, " -net ");
	}
}

static void processors_are_as_many_as_asked(void **state)
{
	static const struct {
		unsigned int asked;
		enum vm_accel accel;
		const char *got;
	} cases[] = {
		{ 0, VM_TCG, " -smp 1 " },
		{ 0, VM_KVM, " -smp 2 " },
		{ 3, VM_TCG, " -smp 3 " },
		{ 1, VM_KVM, " -smp 1 " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vm_spec spec = make_spec(VM_X86_64);
		CLEANUP(freep) char *text = NULL;

		spec.cpus = cases[i].asked;
		spec.accel = cases[i].accel;
		text = join(&spec);
		assert_has(text, cases[i].got);
	}
}

static void the_image_is_never_written(void **state)
{
	static const enum vm_image_format formats[] = { VM_IMAGE_RAW, VM_IMAGE_QCOW2,
		VM_IMAGE_VMDK };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct vm_spec spec = make_spec(VM_X86_64);
		CLEANUP(freep) char *text = NULL;
		char image[80];

		spec.image_format = formats[i];
		spec.image_is_device = i == 0;
		text = join(&spec);
		(void)snprintf(image, sizeof(image),
			" driver=%s,node-name=image,file=image-file,read-only=on ",
			vm_image_format_name(formats[i]));
		assert_has(text, image);
		assert_has(text,
			i == 0 ? " driver=host_device,node-name=image-file,filename="
				 "/proc/self/fd/11,read-only=on "
			       : " driver=file,node-name=image-file,filename="
				 "/proc/self/fd/11,read-only=on ");
		assert_has(text,
			"driver=qcow2,node-name=volume,file=volume-file,backing=image,");
	}
}

/* cloud-init wants both: the UUID begins with ec2, and the serial number equals it. */
static void it_looks_like_ec2(void **state)
{
	struct vm_spec spec = make_spec(VM_X86_64);
	CLEANUP(freep) char *text = join(&spec);

	(void)state;
	assert_has(text, " -uuid ec200000-0000-4000-a000-000000000000 ");
	assert_has(text, "type=1,manufacturer=Amazon EC2,product=t3.micro,"
			 "serial=ec200000-0000-4000-a000-000000000000,"
			 "uuid=ec200000-0000-4000-a000-000000000000 ");
	assert_has(text, "type=2,manufacturer=Amazon EC2,asset=i-00000000000000000 ");
	assert_has(text, ",mac=0e:00:00:00:00:00,");
}

static void size_and_descriptors_are_as_asked(void **state)
{
	struct vm_spec spec = make_spec(VM_X86_64);
	CLEANUP(freep) char *text = NULL;
	int fds[QEMU_FDS_MOST];

	(void)state;
	spec.memory_bytes = UINT64_C(1536) << 20;
	spec.cpus = 1;
	text = join(&spec);
	assert_has(text, " -m 1536M ");
	assert_has(text, " -smp 1 ");
	assert_has(text, "socket,id=console,fd=15 ");
	assert_has(text, "socket,id=monitor,fd=16 ");
	assert_int_equal(qemu_fds(&spec, fds), 5);
	spec.firmware = VM_UEFI;
	assert_int_equal(qemu_fds(&spec, fds), 7);
	for (int fd = 11; fd <= 17; fd++) {
		bool found = false;

		for (size_t i = 0; i < 7; i++)
			found = found || fds[i] == fd;
		assert_true(found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_choice_has_its_arguments),
		cmocka_unit_test(several_emulated_processors_share_a_thread),
		cmocka_unit_test(every_machine_is_shut_in),
		cmocka_unit_test(processors_are_as_many_as_asked),
		cmocka_unit_test(the_image_is_never_written),
		cmocka_unit_test(it_looks_like_ec2),
		cmocka_unit_test(size_and_descriptors_are_as_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
