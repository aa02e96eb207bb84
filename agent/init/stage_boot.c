/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/stage.h"

#include "init/host_keys.h"
#include "init/log.h"
#include "init/machine_id.h"
#include "init/module_grow.h"
#include "rt/string.h"

/* Is the disk a copy of another instance's? Known here only when the firmware says who we
 * are. */
static bool is_copy(const struct stage *s)
{
	struct state_mark last = state_get(&s->state, "instance");

	return *s->identity.instance && *last.id &&
	       strcmp(last.id, s->identity.instance) != 0;
}

static bool renew_machine_id(const struct stage *s)
{
	if (!s->config->renew_machine_id || !is_copy(s) ||
		state_is(&s->state, "machine-id", s->identity.instance))
		return true;
	return machine_id_renew() &&
	       stage_mark(s, "machine-id", s->identity.instance, "renewed", STATE_SYNCED);
}

/*
 * Made when they are missing, or are another instance's. Who made them is noted by
 * instance or, when that is not known yet, by boot: the metadata stage then puts the
 * instance there.
 */
static bool make_host_keys(const struct stage *s)
{
	const char *id = s->identity.instance;
	bool known = *id;

	if (!host_keys_wanted(s->config))
		return true;
	if (host_keys_exist(s->config) &&
		(!known || state_is(&s->state, "host-keys", id)))
		return true;
	return host_keys_make(s->config, known ? id : "ec2") &&
	       stage_mark(s, "host-keys", known ? id : s->identity.boot,
		       known ? "made" : "made-in-boot", STATE_SYNCED);
}

bool stage_boot(struct stage *s)
{
	bool good = renew_machine_id(s);

	good &= make_host_keys(s);
	if (s->config->grow)
		good &= module_grow();
	return good;
}
