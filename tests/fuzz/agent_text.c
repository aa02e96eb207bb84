/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts that ec2-init reads: a passwd file, launch keys, authorized_keys, a hosts file, a
 * host name, an address, a host key's line. The first byte says which.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "imds/address.h"
#include "init/account.h"
#include "init/host_key_text.h"
#include "init/hostname.h"
#include "init/identity.h"
#include "init/key_lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 1 << 16, INPUT_MOST = 1 << 14 };

static char once[ROOM], twice[ROOM];

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Both halves of the input, split at the first form feed, are texts. */
static void merge_keys(char *text)
{
	char *launch = strchr(text, '\f');
	struct text t = TEXT_IN(once);
	const char *begin;

	if (launch)
		*launch++ = '\0';
	(void)key_lines_merge(text, launch ? launch : "", &t);
	check(!t.cut && t.length_bytes == strlen(once));
	/* One block at most, and a second time changes nothing. */
	begin = strstr(once, "\n" KEY_LINES_BEGIN "\n");
	check(!begin || !strstr(begin + 1, "\n" KEY_LINES_BEGIN "\n"));
	t = TEXT_IN(twice);
	(void)key_lines_merge(once, launch ? launch : "", &t);
	check(strcmp(once, twice) == 0);
}

static void edit_hosts(const char *text)
{
	static const struct hostname name = { "a.example", "a" };
	struct text t = TEXT_IN(once);

	hostname_edit_hosts(text, &name, &t);
	check(!t.cut && strstr(once, "127.0.1.1\ta.example a\n"));
	t = TEXT_IN(twice);
	hostname_edit_hosts(once, &name, &t);
	check(strcmp(once, twice) == 0);
}

static void take_names(const char *text, size_t length)
{
	struct hostname name;
	struct address address;
	char id[INSTANCE_ID_MOST_BYTES];

	if (hostname_take(text, length, &name))
		check(strncmp(name.fqdn, name.short_name, strlen(name.short_name)) == 0 &&
			strcspn(name.fqdn, " /\n'\"$`;") == strlen(name.fqdn));
	if (address_parse(text, length, &address))
		check(memcmp(address.text, text, length) == 0);
	if (identity_take(text, length, id))
		check(*id && strcspn(id, " /\n.") == strlen(id));
}

static void find_account(const char *text)
{
	struct account account;

	if (account_find(text, "admin", &account))
		check(account.home[0] == '/' && account.owner.uid != UINT32_MAX);
}

static void fingerprint(const char *text)
{
	struct text t = TEXT_IN(once);

	if (host_key_fingerprint(text, &t))
		check(strstr(once, " SHA256:") && !strchr(once, '\n'));
	t = TEXT_IN(once);
	host_key_blocks(&text, 1, &t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size < 1 || size > INPUT_MOST)
		return 0;
	text = malloc(size);
	check(text != NULL);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	switch (data[0]) {
	case 'k':
		merge_keys(text);
		break;
	case 'h':
		edit_hosts(text);
		break;
	case 'n':
		take_names(text, size - 1);
		break;
	case 'u':
		find_account(text);
		break;
	case 'f':
		fingerprint(text);
		break;
	default:
		break;
	}
	free(text);
	return 0;
}
