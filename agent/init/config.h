/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration, /etc/ec2-init.conf: lines "key = value", "#" before a comment. By
 * value, nothing to release. config_keys() is the one list of keys, which the manual page
 * is held against.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "imds/address.h"
#include "imds/imds.h"
#include "init/file.h"

#define CONFIG_PATH "/etc/ec2-init.conf"

enum {
	CONFIG_MOST_BYTES = 16 << 10, /* of the file */
	CONFIG_USER_MOST_BYTES = 33, /* useradd's limit and a terminator */
	CONFIG_KEY_TYPES_MOST = 4,
};

enum config_hostname {
	CONFIG_HOSTNAME_NO = 0,
	CONFIG_HOSTNAME_SHORT,
	CONFIG_HOSTNAME_FQDN,
};

struct config {
	char user[CONFIG_USER_MOST_BYTES];
	enum config_hostname hostname;
	bool launch_keys;
	bool grow;
	bool user_data;
	bool renew_machine_id;
	bool host_key_types[CONFIG_KEY_TYPES_MOST]; /* by enum host_key_type; none: off */
	struct address endpoints[IMDS_ENDPOINTS_MOST];
	size_t endpoints_count;
	unsigned int metadata_wait_s;
	unsigned int request_wait_s;
	char state_directory[FILE_PATH_MOST_BYTES];
	char log_file[FILE_PATH_MOST_BYTES];
	char user_data_log[FILE_PATH_MOST_BYTES];
	char console[FILE_PATH_MOST_BYTES]; /* for consoles_open() */
	char ssh_directory[FILE_PATH_MOST_BYTES];
	char ssh_keygen[FILE_PATH_MOST_BYTES];
	char sshd_pid_file[FILE_PATH_MOST_BYTES];
};

/* In the order of ssh-keygen's -t, by enum host_key_type. */
enum host_key_type { HOST_KEY_ED25519 = 0, HOST_KEY_ECDSA, HOST_KEY_RSA, HOST_KEY_DSA };
const char *config_key_type_name(enum host_key_type type);

void config_set_defaults(struct config *c);

/* What is wrong with a line; the others count. `line` begins at 1. */
typedef void config_complaint(unsigned int line, const char *what, const char *word);

/* `text` is changed: words in it are terminated. `complain` may be NULL. */
void config_parse(struct config *c, char *text, config_complaint *complain);

/* The name of key number `i`, and its default as it would be written; NULL: no such. */
const char *config_key(size_t i, const char **ret_default);
