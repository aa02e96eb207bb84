/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Configuration and user data of ec2-init: what was read is in bounds, whatever it says.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "init/config.h"
#include "init/console.h"
#include "init/user_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct user_data user_data;

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void complain(unsigned int line, const char *what, const char *word)
{
	check(line > 0 && *what && strlen(word) < CONFIG_MOST_BYTES);
}

static void read_config(char *text)
{
	struct config c;

	config_set_defaults(&c);
	config_parse(&c, text, complain);
	check(*c.user && strlen(c.user) < sizeof(c.user) && !strchr(c.user, ':'));
	check(c.endpoints_count > 0 && c.endpoints_count <= IMDS_ENDPOINTS_MOST);
	check(c.metadata_wait_s > 0 && c.request_wait_s > 0);
	check(c.state_directory[0] == '/' && c.log_file[0] == '/');
	check(c.console[0] == '/' || !c.console[0] ||
		strcmp(c.console, CONSOLES_ACTIVE) == 0);
	check(!c.host_key_types[HOST_KEY_DSA]);
}

static void read_user_data(const char *data, size_t size)
{
	user_data_read(&user_data, data, size);
	check((user_data.kind == USER_DATA_SCRIPTS) == (user_data.count > 0));
	check((user_data.kind == USER_DATA_REFUSED) == (*user_data.reason != '\0'));
	check(user_data.unpacked_bytes <= sizeof(user_data.unpacked));
	for (size_t i = 0; i < user_data.count; i++)
		check(user_data.scripts[i].bytes >= 2 &&
			memcmp(user_data.scripts[i].data, "#!", 2) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	check(text != NULL);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	read_user_data(text, size);
	if (size < CONFIG_MOST_BYTES)
		read_config(text);
	free(text);
	return 0;
}
