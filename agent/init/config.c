/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/config.h"

#include <stddef.h>
#include <stdint.h>

#include "init/console.h"
#include "rt/string.h"
#include "rt/text.h"

enum { SECONDS_MOST = 3600 };

static const char *const key_types[CONFIG_KEY_TYPES_MOST] = { "ed25519", "ecdsa", "rsa",
	"dsa" };

const char *config_key_type_name(enum host_key_type type)
{
	return key_types[type];
}

/* Each takes a value without blanks around it; `field` is a member of struct config. */

static bool take_bool(void *field, const char *value)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return false;
	*(bool *)field = value[0] == 'y';
	return true;
}

static bool take_path(void *field, const char *value)
{
	if (value[0] != '/' || strlen(value) >= FILE_PATH_MOST_BYTES)
		return false;
	memcpy(field, value, strlen(value) + 1);
	return true;
}

static bool take_console(void *field, const char *value)
{
	if (strcmp(value, "no") == 0)
		value = "";
	else if (strcmp(value, CONSOLES_ACTIVE) != 0)
		return take_path(field, value);
	memcpy(field, value, strlen(value) + 1);
	return true;
}

static bool take_seconds(void *field, const char *value)
{
	uint64_t seconds;

	if (!text_number(value, strlen(value), SECONDS_MOST, &seconds) || !seconds)
		return false;
	*(unsigned int *)field = (unsigned int)seconds;
	return true;
}

static bool take_user(void *field, const char *value)
{
	size_t length = strlen(value);

	if (!length || length >= CONFIG_USER_MOST_BYTES ||
		strcspn(value, ":/ \t") < length)
		return false;
	memcpy(field, value, length + 1);
	return true;
}

static bool take_hostname(void *field, const char *value)
{
	static const char *const words[] = { [CONFIG_HOSTNAME_NO] = "no",
		[CONFIG_HOSTNAME_SHORT] = "short",
		[CONFIG_HOSTNAME_FQDN] = "fqdn" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i], value) != 0)
			continue;
		*(enum config_hostname *)field = (enum config_hostname)i;
		return true;
	}
	return false;
}

static bool take_machine_id(void *field, const char *value)
{
	if (strcmp(value, "renew") != 0 && strcmp(value, "keep") != 0)
		return false;
	*(bool *)field = value[0] == 'r';
	return true;
}

/* The word at `*at`, which is moved behind it; its length, 0 at the end. */
static size_t next_word(const char **at, const char **ret)
{
	*at += strspn(*at, " \t");
	*ret = *at;
	*at += strcspn(*at, " \t");
	return (size_t)(*at - *ret);
}

static bool take_key_types(void *field, const char *value)
{
	bool chosen[CONFIG_KEY_TYPES_MOST] = { false };
	const char *word;
	size_t length;

	if (strcmp(value, "no") == 0)
		value = "";
	while ((length = next_word(&value, &word))) {
		size_t i = HOST_KEY_DSA; /* too weak to be made */

		while (i-- > 0)
			if (strlen(key_types[i]) == length &&
				memcmp(key_types[i], word, length) == 0)
				break;
		if (i == SIZE_MAX)
			return false;
		chosen[i] = true;
	}
	memcpy(field, chosen, sizeof(chosen));
	return true;
}

/* The field is the whole of the configuration: there is a count to set as well. */
static bool take_endpoints(void *field, const char *value)
{
	struct config *c = field;
	struct address endpoints[IMDS_ENDPOINTS_MOST];
	const char *word;
	size_t length, count = 0;

	while ((length = next_word(&value, &word)))
		if (count == IMDS_ENDPOINTS_MOST ||
			!address_parse(word, length, &endpoints[count++]))
			return false;
	if (!count)
		return false;
	memcpy(c->endpoints, endpoints, count * sizeof(endpoints[0]));
	c->endpoints_count = count;
	return true;
}

static const struct key {
	const char *name;
	bool (*take)(void *field, const char *value);
	size_t offset;
	const char *by_default;
} keys[] = {
#define FIELD(name) offsetof(struct config, name)
	{ "user", take_user, FIELD(user), "admin" },
	{ "hostname", take_hostname, FIELD(hostname), "short" },
	{ "launch-keys", take_bool, FIELD(launch_keys), "yes" },
	{ "host-keys", take_key_types, FIELD(host_key_types), "ed25519 ecdsa" },
	{ "grow", take_bool, FIELD(grow), "yes" },
	{ "machine-id", take_machine_id, FIELD(renew_machine_id), "renew" },
	{ "user-data", take_bool, FIELD(user_data), "yes" },
	{ "metadata-endpoints", take_endpoints, 0, "169.254.169.254 [fd00:ec2::254]" },
	{ "metadata-wait", take_seconds, FIELD(metadata_wait_s), "240" },
	{ "request-wait", take_seconds, FIELD(request_wait_s), "5" },
	{ "state-directory", take_path, FIELD(state_directory), "/var/lib/ec2-init" },
	{ "log-file", take_path, FIELD(log_file), "/var/log/ec2-init.log" },
	{ "user-data-log", take_path, FIELD(user_data_log),
		"/var/log/ec2-init-user-data.log" },
	{ "console", take_console, FIELD(console), CONSOLES_ACTIVE },
	{ "ssh-directory", take_path, FIELD(ssh_directory), "/etc/ssh" },
	{ "ssh-keygen", take_path, FIELD(ssh_keygen), "/usr/bin/ssh-keygen" },
	{ "sshd-pid-file", take_path, FIELD(sshd_pid_file), "/run/sshd.pid" },
#undef FIELD
};

enum { KEYS = sizeof(keys) / sizeof(keys[0]) };

const char *config_key(size_t i, const char **ret_default)
{
	if (i >= KEYS)
		return NULL;
	*ret_default = keys[i].by_default;
	return keys[i].name;
}

void config_set_defaults(struct config *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < KEYS; i++)
		(void)keys[i].take((char *)c + keys[i].offset, keys[i].by_default);
}

/* Without the blanks at both ends; `end` is where a terminator may stand. */
static char *trim(char *begin, char *end)
{
	while (begin < end && strchr(" \t\r", *begin))
		begin++;
	while (end > begin && strchr(" \t\r", end[-1]))
		end--;
	*end = '\0';
	return begin;
}

static void ignore(unsigned int line, const char *what, const char *word)
{
	(void)line;
	(void)what;
	(void)word;
}

static void take_line(struct config *c, char *line, char *end, unsigned int number,
	config_complaint *complain)
{
	char *equals, *name, *value;

	*end = '\0';
	line = trim(line, line + strcspn(line, "#"));
	if (!*line)
		return;
	equals = strchr(line, '=');
	if (!equals) {
		complain(number, "has no '=' and is ignored", line);
		return;
	}
	value = trim(equals + 1, equals + strlen(equals));
	name = trim(line, equals);
	for (size_t i = 0; i < KEYS; i++) {
		if (strcmp(keys[i].name, name) != 0)
			continue;
		if (!keys[i].take((char *)c + keys[i].offset, value))
			complain(number, "has a value that cannot be used", name);
		return;
	}
	complain(number, "has an unknown key", name);
}

void config_parse(struct config *c, char *text, config_complaint *complain)
{
	unsigned int number = 1;
	char *end;

	if (!complain)
		complain = ignore;
	for (char *line = text; *line; line = end, number++) {
		bool last;

		end = line + strcspn(line, "\n");
		last = !*end;
		take_line(c, line, end, number, complain);
		if (!last)
			end++;
	}
}
