/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/names.h"

#include <linux/errno.h>

#include "init/hostname.h"
#include "init/log.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum { HOSTS_MOST_BYTES = 64 << 10 };

static char old_hosts[HOSTS_MOST_BYTES];
static char new_hosts[HOSTS_MOST_BYTES + 2 * HOSTNAME_MOST_BYTES];

static bool write_file(const char *path, const char *data, size_t length)
{
	int r = file_replace_path(path, data, length, 0644);

	if (r < 0)
		log_say("hostname: cannot write %s: %s", path, text_errno(r));
	return r >= 0;
}

static bool edit_hosts(const struct hostname *name)
{
	struct text t = TEXT_IN(new_hosts);
	long r = file_read_path("/etc/hosts", old_hosts, sizeof(old_hosts));

	if (r == -ENOENT) {
		old_hosts[0] = '\0';
	} else if (r < 0) {
		log_say("hostname: cannot read /etc/hosts: %s", text_errno(r));
		return false;
	}
	hostname_edit_hosts(old_hosts, name, &t);
	if (t.cut || strcmp(old_hosts, new_hosts) == 0)
		return !t.cut;
	return write_file("/etc/hosts", t.data, t.length_bytes);
}

static bool edit_hostname(const char *name)
{
	char old[HOSTNAME_MOST_BYTES + 1], line[HOSTNAME_MOST_BYTES + 1];
	struct text t = TEXT_IN(line);

	text_addf(&t, "%s\n", name);
	if (file_read_path("/etc/hostname", old, sizeof(old)) >= 0 &&
		strcmp(old, line) == 0)
		return true;
	return write_file("/etc/hostname", t.data, t.length_bytes);
}

bool names_set(const struct config *c, struct imds *m)
{
	struct hostname name;
	const char *value, *chosen;
	size_t bytes;
	bool good;
	int r;
	enum imds_result result = imds_get(m, "meta-data/local-hostname", &value, &bytes);

	if (result == IMDS_ABSENT) {
		log_say("hostname: the metadata has no local-hostname");
		return true;
	}
	if (result != IMDS_OK) {
		log_say("hostname: %s", m->trouble);
		return false;
	}
	if (!hostname_take(value, bytes, &name)) {
		log_say("hostname: the metadata's local-hostname is no host name");
		return false;
	}
	chosen = c->hostname == CONFIG_HOSTNAME_FQDN &&
				 strlen(name.fqdn) <= HOSTNAME_KERNEL_MOST
			 ? name.fqdn
			 : name.short_name;
	r = sys_sethostname(chosen, strlen(chosen));
	if (r < 0)
		log_say("hostname: cannot set it: %s", text_errno(r));
	good = edit_hostname(chosen);
	good &= edit_hosts(&name);
	if (r >= 0 && good)
		log_say("hostname: %s", chosen);
	return r >= 0 && good;
}
