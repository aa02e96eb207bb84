/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/aws_config.h"

#include <ctype.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "aws/ini.h"
#include "aws/shell_split.h"
#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/words.h"

struct aws_config {
	char *profile;
	bool explicit_profile;
	char *config_path, *credentials_path;
	struct ini config, credentials;
};

struct aws_config *aws_config_free(struct aws_config *c)
{
	if (!c)
		return NULL;
	ini_release(&c->config);
	ini_release(&c->credentials);
	free(c->config_path);
	free(c->credentials_path);
	free(c->profile);
	free(c);
	return NULL;
}

static const char *environment(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value ? value : NULL;
}

static const char *user_home(void)
{
	const char *home = environment("HOME");
	const struct passwd *user = home ? NULL : getpwuid(getuid());

	return home ? home : user ? user->pw_dir : "/";
}

char *aws_config_home(const char *name)
{
	return xasprintf("%s/.aws/%s", user_home(), name);
}

/* Behind a '$' that names a variable: the length of "NAME" or "{NAME}"; 0: none. */
static size_t name_length(const char *text)
{
	size_t length = 0;

	if (*text == '{') {
		length = strcspn(text, "}");
		return text[length] ? length + 1 : 0;
	}
	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

/* With $NAME and ${NAME} put in; those that are not set stay as they are. */
static char *expand_variables(const char *text)
{
	struct strbuf out = STRBUF_INIT;

	while (*text) {
		size_t length = *text == '$' ? name_length(text + 1) : 0;
		bool in_braces = length && text[1] == '{';
		CLEANUP(freep)
		char *name = in_braces ? xstrndup(text + 2, length - 2)
				       : xstrndup(text + 1, length);
		const char *value = length ? getenv(name) : NULL;

		if (value)
			strbuf_add_str(&out, value);
		else
			strbuf_add(&out, text, 1 + length);
		text += 1 + length;
	}
	return strbuf_take(&out);
}

/* The file that `variable` names, "~/" being the user's home; else ~/.aws/`name`. */
static char *file_path(const char *variable, const char *name)
{
	const char *given = environment(variable);
	CLEANUP(freep) char *path = NULL;

	if (!given)
		return aws_config_home(name);
	path = expand_variables(given);
	if (strncmp(path, "~/", 2) == 0)
		return path_join(user_home(), path + 2);
	return TAKE_PTR(path);
}

/*
 * The section of the config file that is the `kind` ("profile", "sso-session",
 * "services") called `name`: its name has two words, as a shell would see them, and the
 * first begins with the kind. [default] is a profile, too. Of several the last counts.
 */
static const struct ini_section *find_section(
	const struct ini *ini, const char *kind, const char *name)
{
	const struct ini_section *found = NULL;
	bool is_default = strcmp(kind, "profile") == 0 && strcmp(name, "default") == 0;

	for (size_t i = 1; i < ini->count; i++) {
		const struct ini_section *section = &ini->sections[i];
		CLEANUP(strv_releasep) struct strv words = STRV_INIT;

		if (is_default && strcmp(section->name, "default") == 0)
			found = section;
		else if (text_starts_with(section->name, kind) &&
			 shell_split(section->name, &words) && words.count == 2 &&
			 strcmp(words.items[1], name) == 0)
			found = section;
	}
	return found;
}

/* In the credentials file a section's name is the profile's. */
static const struct ini_section *find_credential(const struct ini *ini, const char *name)
{
	for (size_t i = 1; i < ini->count; i++)
		if (strcmp(ini->sections[i].name, name) == 0)
			return &ini->sections[i];
	return NULL;
}

static const char *get(
	const struct ini *ini, const struct ini_section *section, const char *key)
{
	return section ? ini_get(ini, section, key) : NULL;
}

const char *aws_config_get_credential(
	const struct aws_config *c, const char *profile, const char *key)
{
	return get(&c->credentials, find_credential(&c->credentials, profile), key);
}

const char *aws_config_get_config(
	const struct aws_config *c, const char *profile, const char *key)
{
	return get(&c->config, find_section(&c->config, "profile", profile), key);
}

const char *aws_config_get(
	const struct aws_config *c, const char *profile, const char *key)
{
	const char *value = aws_config_get_credential(c, profile, key);

	return value ? value : aws_config_get_config(c, profile, key);
}

bool aws_config_has_profile(const struct aws_config *c, const char *profile)
{
	return find_credential(&c->credentials, profile) ||
	       find_section(&c->config, "profile", profile);
}

const char *aws_config_sso_session(
	const struct aws_config *c, const char *session, const char *key)
{
	return get(&c->config, find_section(&c->config, "sso-session", session), key);
}

char *aws_config_service(const struct aws_config *c, const char *services,
	const char *service, const char *key, bool *ret_found)
{
	const struct ini_section *section =
		find_section(&c->config, "services", services);
	const char *value = get(&c->config, section, service);

	if (ret_found)
		*ret_found = section != NULL;
	return value && *value == '\n' ? ini_nested(value, key) : NULL;
}

const char *aws_config_profile(const struct aws_config *c)
{
	return c->profile;
}

bool aws_config_profile_is_explicit(const struct aws_config *c)
{
	return c->explicit_profile;
}

const char *aws_config_setting(
	const struct aws_config *c, const char *variable, const char *key)
{
	const char *value = environment(variable);

	return value ? value : aws_config_get(c, c->profile, key);
}

int aws_config_flag(const struct aws_config *c, const char *variable, const char *key,
	bool *ret, struct error *err)
{
	const char *value = aws_config_setting(c, variable, key);

	if (value && strcasecmp(value, "true") != 0 && strcasecmp(value, "false") != 0)
		return error_set(err, ERR_USAGE, 0,
			"%s or '%s' of profile '%s' is '%s', not true or false", variable,
			key, c->profile, value);
	*ret = value && strcasecmp(value, "true") == 0;
	return 0;
}

/* Offer each profile's name to the search for the one that was meant. */
static void offer_profiles(
	const struct aws_config *c, struct nearest *n, struct strv *names)
{
	for (size_t i = 1; i < c->credentials.count; i++)
		strv_add(names, c->credentials.sections[i].name);
	for (size_t i = 1; i < c->config.count; i++) {
		CLEANUP(strv_releasep) struct strv words = STRV_INIT;

		if (shell_split(c->config.sections[i].name, &words) && words.count == 2 &&
			strcmp(words.items[0], "profile") == 0)
			strv_add(names, words.items[1]);
	}
	for (size_t i = 0; i < names->count; i++)
		nearest_offer(n, names->items[i]);
}

static int no_profile(const struct aws_config *c, struct error *err)
{
	CLEANUP(strv_releasep) struct strv names = STRV_INIT;
	struct nearest n = { .word = c->profile };
	const char *best;

	offer_profiles(c, &n, &names);
	best = nearest_best(&n);
	return error_set(err, ERR_USAGE, 0, "no profile '%s' in '%s' or '%s'%s%s%s",
		c->profile, c->config_path, c->credentials_path,
		best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
}

int aws_config_load(const char *profile, struct aws_config **ret, struct error *err)
{
	CLEANUP(aws_config_freep) struct aws_config *c = xcalloc(1, sizeof(*c));
	const char *named = profile;
	bool found;

	if (!named)
		named = environment("AWS_DEFAULT_PROFILE");
	if (!named)
		named = environment("AWS_PROFILE");
	c->profile = xstrdup(named ? named : "default");
	c->explicit_profile = profile != NULL;
	c->config_path = file_path("AWS_CONFIG_FILE", "config");
	c->credentials_path = file_path("AWS_SHARED_CREDENTIALS_FILE", "credentials");
	if (ini_load(c->config_path, &c->config, &found, err) < 0 ||
		ini_load(c->credentials_path, &c->credentials, &found, err) < 0)
		return -1;
	if (named && !aws_config_has_profile(c, c->profile))
		return no_profile(c, err);
	*ret = TAKE_PTR(c);
	return 0;
}
