/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stages of a boot, each a subcommand that a service runs. None depends on another's
 * memory: what one did, the next reads from the state directory.
 *
 *   boot       needs no network: machine-id of a copy, ssh host keys, root grown
 *   metadata   launch keys and host name, from the metadata service
 *   user-data  scripts, when logging in is possible already
 */
#pragma once

#include <stdbool.h>

#include "imds/imds.h"
#include "init/config.h"
#include "init/identity.h"
#include "init/state.h"

/* What every stage has. */
struct stage {
	const struct config *config;
	struct state state;
	struct identity identity;
	char **envp;
};

/* Each returns whether all went well. */
bool stage_boot(struct stage *s);
bool stage_metadata(struct stage *s);
bool stage_user_data(struct stage *s);

/*
 * Which instance this is, asked of the metadata service. IMDS_OK leaves `m` open and `id`
 * set; everything else was logged.
 */
enum imds_result stage_ask_instance(
	const struct stage *s, struct imds *m, char id[INSTANCE_ID_MOST_BYTES]);

/* state_set(), and a failure is logged: then the module runs again at the next boot. */
bool stage_mark(const struct stage *s, const char *module, const char *id,
	const char *word, enum state_care care);
