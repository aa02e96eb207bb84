/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "init/stage.h"

#include "init/host_keys.h"
#include "init/launch_keys.h"
#include "init/log.h"
#include "init/machine_id.h"
#include "init/names.h"
#include "init/notify.h"
#include "rt/string.h"

static struct imds imds;

static bool keys_are_due(const struct stage *s, const char *id)
{
	return s->config->launch_keys && !state_is(&s->state, "launch-keys", id);
}

static bool name_is_due(const struct stage *s, const char *id)
{
	return s->config->hostname != CONFIG_HOSTNAME_NO &&
	       !state_is(&s->state, "hostname", id);
}

static bool host_keys_are_due(const struct stage *s, const char *id)
{
	return host_keys_wanted(s->config) && !state_is(&s->state, "host-keys", id);
}

/* All is done for the instance that the firmware names: the network is not needed. */
static bool nothing_is_due(const struct stage *s)
{
	const char *id = s->identity.instance;

	return *id && state_is(&s->state, "instance", id) && !keys_are_due(s, id) &&
	       !name_is_due(s, id);
}

/*
 * What the boot stage could not know without the instance's id: that its host keys are
 * this instance's after all, or that those it found are another's. sshd may run already.
 */
static bool settle_host_keys(const struct stage *s, const char *id)
{
	struct state_mark mark = state_get(&s->state, "host-keys");

	if (!host_keys_are_due(s, id))
		return true;
	if (!*s->identity.boot || strcmp(mark.id, s->identity.boot) != 0) {
		if (!host_keys_make(s->config, id))
			return false;
		host_keys_reload_sshd(s->config);
	}
	return stage_mark(s, "host-keys", id, "made", STATE_SYNCED);
}

static bool settle_machine_id(const struct stage *s, const char *id)
{
	struct state_mark last = state_get(&s->state, "instance");

	if (!s->config->renew_machine_id || !*last.id || strcmp(last.id, id) == 0 ||
		state_is(&s->state, "machine-id", id))
		return true;
	return machine_id_renew() &&
	       stage_mark(s, "machine-id", id, "renewed", STATE_SYNCED);
}

static bool set_up(const struct stage *s, const char *id)
{
	bool good = true;

	/* First, as a login waits for them. */
	if (keys_are_due(s, id))
		good = launch_keys_install(s->config, &imds) &&
		       stage_mark(s, "launch-keys", id, "done", STATE_LAZY);
	good &= settle_host_keys(s, id);
	good &= settle_machine_id(s, id);
	if (name_is_due(s, id))
		good &= names_set(s->config, &imds) &&
			stage_mark(s, "hostname", id, "done", STATE_LAZY);
	if (!state_is(&s->state, "instance", id))
		good &= stage_mark(s, "instance", id, "seen", STATE_LAZY);
	return good;
}

bool stage_metadata(struct stage *s)
{
	char id[INSTANCE_ID_MOST_BYTES];
	enum imds_result result;
	bool good;

	if (nothing_is_due(s)) {
		log_note("metadata: nothing to do for %s again", s->identity.instance);
		notify_ready(s->envp);
		return true;
	}
	/* Not a first boot: sshd need not wait for a service that may not answer. */
	if (!*s->identity.instance && *state_get(&s->state, "instance").id)
		notify_ready(s->envp);
	result = stage_ask_instance(s, &imds, id);
	good = result == IMDS_OFF;
	if (result == IMDS_OK) {
		good = set_up(s, id);
		imds_close(&imds);
		log_note("metadata: %s %s", id, good ? "is set up" : "is set up in part");
	}
	notify_ready(s->envp);
	return good;
}
