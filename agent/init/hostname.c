/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/hostname.h"

#include "rt/string.h"

static bool is_alphanumeric(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 952 and RFC 1123, 2.1. */
static bool is_label(const char *s, size_t length)
{
	if (!length || length > HOSTNAME_LABEL_MOST || !is_alphanumeric(s[0]) ||
		!is_alphanumeric(s[length - 1]))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_alphanumeric(s[i]) && s[i] != '-')
			return false;
	return true;
}

static bool is_name(const char *s)
{
	for (;;) {
		size_t length = strcspn(s, ".");

		if (!is_label(s, length))
			return false;
		if (!s[length])
			return true;
		s += length + 1;
	}
}

static bool is_ipv4(const char *s)
{
	size_t parts = 1;
	uint64_t number;

	for (;; parts++) {
		size_t length = strcspn(s, ".");

		if (!text_number(s, length, 255, &number))
			return false;
		if (!s[length])
			return parts == 4;
		s += length + 1;
	}
}

static void name_after_ipv4(struct hostname *n)
{
	char name[sizeof("ip-255.255.255.255")];
	struct text t = TEXT_IN(name);

	text_addf(&t, "ip-%s", n->fqdn);
	for (size_t i = 0; i < t.length_bytes; i++)
		if (name[i] == '.')
			name[i] = '-';
	memcpy(n->fqdn, name, t.length_bytes + 1);
}

bool hostname_take(const char *value, size_t length, struct hostname *ret)
{
	struct hostname n = { 0 };
	size_t word = 0;

	while (word < length && (!value[word] || !strchr(" \t\r\n", value[word])))
		word++;
	/* The root's dot may stand at the end. */
	if (word && value[word - 1] == '.')
		word--;
	if (!word || word >= sizeof(n.fqdn) || memchr(value, '\0', word))
		return false;
	memcpy(n.fqdn, value, word);
	if (is_ipv4(n.fqdn))
		name_after_ipv4(&n);
	if (!is_name(n.fqdn))
		return false;
	memcpy(n.short_name, n.fqdn, strcspn(n.fqdn, "."));
	*ret = n;
	return true;
}

static bool is_line_for(const char *line, const char *address)
{
	size_t length = strlen(address);

	return strncmp(line, address, length) == 0 && line[length] &&
	       strchr(" \t", line[length]);
}

static void add_line(struct text *to, const struct hostname *n)
{
	if (strcmp(n->fqdn, n->short_name) == 0)
		text_addf(to, "127.0.1.1\t%s\n", n->fqdn);
	else
		text_addf(to, "127.0.1.1\t%s %s\n", n->fqdn, n->short_name);
}

void hostname_edit_hosts(const char *hosts, const struct hostname *name, struct text *to)
{
	const char *place = NULL;
	bool replaces = false, done = false;

	for (const char *line = hosts; *line && !replaces; line += *line == '\n') {
		replaces = is_line_for(line, "127.0.1.1");
		if (replaces || (!place && is_line_for(line, "127.0.0.1")))
			place = line;
		line += strcspn(line, "\n");
	}
	for (const char *line = hosts; *line;) {
		size_t length = strcspn(line, "\n");
		bool here = line == place;

		if (!here || !replaces) {
			text_add(to, line, length);
			text_add(to, "\n", 1);
		}
		if (here)
			add_line(to, name);
		done |= here;
		line += length;
		line += *line == '\n';
	}
	if (!done)
		add_line(to, name);
}
