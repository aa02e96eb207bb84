/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "aws/aws_config.h"

#include "oracle.h"

static const char config_text[] = "[default]\n"
				  "region = eu-west-1\n"
				  "[profile dev]\n"
				  "region = us-east-2\n"
				  "services = local\n"
				  "use_fips_endpoint = TRUE\n"
				  "use_dualstack_endpoint = perhaps\n"
				  "[profile 'with blank']\n"
				  "region = ap-south-1\n"
				  "[profile quo\"ted x\"]\n"
				  "region = quoted\n"
				  "[profilefoo bar]\n"
				  "region = odd\n"
				  "[profile open'quote]\n"
				  "region = lost\n"
				  "[plugins]\n"
				  "x = y\n"
				  "[sso-session corp]\n"
				  "sso_region = eu-central-1\n"
				  "[services local]\n"
				  "ec2 =\n"
				  "  endpoint_url = http://localhost:4566\n"
				  "  other = x\n"
				  "s3 = flat\n"
				  "[profile default]\n"
				  "region = eu-west-2\n"
				  "output = text\n";

static const char credentials_text[] = "[default]\n"
				       "aws_access_key_id = AKID\n"
				       "[dev]\n"
				       "aws_access_key_id = AKDEV\n"
				       "region = from-credentials\n"
				       "[only here]\n"
				       "aws_access_key_id = AKONLY\n";

static int setup(void **state)
{
	CLEANUP(freep) char *config = NULL;
	CLEANUP(freep) char *credentials = NULL;

	if (scratch_make(state) < 0)
		return -1;
	oracle_clear_environment();
	config = path_join(*state, "config");
	credentials = path_join(*state, "credentials");
	unit_write_file(*state, "config", config_text);
	unit_write_file(*state, "credentials", credentials_text);
	(void)setenv("AWS_CONFIG_FILE", config, 1);
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", credentials, 1);
	return 0;
}

static struct aws_config *load(const char *profile)
{
	struct aws_config *c = NULL;
	struct error err = ERROR_INIT;

	if (aws_config_load(profile, &c, &err) < 0)
		fail_msg("%s", err.msg);
	return c;
}

static void assert_same(const char *a, const char *b)
{
	if (b)
		assert_string_equal(a ? a : "(NULL)", b);
	else
		assert_null(a);
}

static void profiles_are_those_of_botocore(void **state)
{
	CLEANUP(aws_config_freep) struct aws_config *c = load(NULL);
	CLEANUP(strv_releasep) struct strv arguments = STRV_INIT;
	CLEANUP(freep) char *said = NULL;
	size_t keys = 0;
	char *rest, *line;

	(void)state;
	STRV_ADD(&arguments, CONFIG_ORACLE, "profiles", getenv("AWS_CONFIG_FILE"),
		getenv("AWS_SHARED_CREDENTIALS_FILE"));
	said = oracle_ask(&arguments);
	rest = said;
	while ((line = strsep(&rest, "\n")) && *line) {
		char *kind = strsep(&line, "\t"), *profile = strsep(&line, "\t");
		char *key = strsep(&line, "\t");

		assert_string_equal(kind, "key");
		assert_true(aws_config_has_profile(c, profile));
		assert_same(aws_config_get(c, profile, key), line);
		keys++;
	}
	assert_int_equal(keys, 12);
	assert_false(aws_config_has_profile(c, "plugins"));
	assert_false(aws_config_has_profile(c, "local"));
}

static void the_file_of_a_key_can_be_asked_for(void **state)
{
	CLEANUP(aws_config_freep) struct aws_config *c = load(NULL);

	(void)state;
	assert_same(aws_config_get_credential(c, "dev", "region"), "from-credentials");
	assert_same(aws_config_get_config(c, "dev", "region"), "us-east-2");
	assert_same(aws_config_get_config(c, "only here", "region"), NULL);
	assert_same(aws_config_sso_session(c, "corp", "sso_region"), "eu-central-1");
	assert_same(aws_config_sso_session(c, "none", "sso_region"), NULL);
}

static void services_are_nested(void **state)
{
	static const struct {
		const char *section, *service, *key, *value;
		bool found;
	} cases[] = {
		{ "local", "ec2", "endpoint_url", "http://localhost:4566", true },
		{ "local", "ec2", "other", "x", true },
		{ "local", "ec2", "none", NULL, true },
		{ "local", "s3", "endpoint_url", NULL, true },
		{ "local", "sts", "endpoint_url", NULL, true },
		{ "none", "ec2", "endpoint_url", NULL, false },
	};
	CLEANUP(aws_config_freep) struct aws_config *c = load(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool found = !cases[i].found;
		CLEANUP(freep)
		char *value = aws_config_service(
			c, cases[i].section, cases[i].service, cases[i].key, &found);

		assert_same(value, cases[i].value);
		assert_int_equal(found, cases[i].found);
	}
}

static void the_profile_is_chosen_in_order(void **state)
{
	struct aws_config *c = load(NULL);

	(void)state;
	assert_string_equal(aws_config_profile(c), "default");
	assert_false(aws_config_profile_is_explicit(c));
	c = aws_config_free(c);

	(void)setenv("AWS_PROFILE", "dev", 1);
	c = load(NULL);
	assert_string_equal(aws_config_profile(c), "dev");
	assert_false(aws_config_profile_is_explicit(c));
	c = aws_config_free(c);

	(void)setenv("AWS_DEFAULT_PROFILE", "with blank", 1);
	c = load(NULL);
	assert_string_equal(aws_config_profile(c), "with blank");
	c = aws_config_free(c);

	c = load("only here");
	assert_string_equal(aws_config_profile(c), "only here");
	assert_true(aws_config_profile_is_explicit(c));
	c = aws_config_free(c);
}

static void a_profile_that_is_not_there_is_refused(void **state)
{
	struct aws_config *c = NULL;
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(aws_config_load("dve", &c, &err), -1);
	unit_assert_error(&err, ERR_USAGE, "no profile 'dve'");
	unit_assert_error(&err, ERR_USAGE, "did you mean 'dev'?");
	assert_int_equal(aws_config_load("plugins", &c, &err), -1);
	/* "default" only counts as there when nobody asked for it. */
	(void)setenv("AWS_CONFIG_FILE", "/nonexistent", 1);
	(void)setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent", 1);
	assert_int_equal(aws_config_load("default", &c, &err), -1);
	c = load(NULL);
	assert_null(aws_config_get(c, "default", "region"));
	c = aws_config_free(c);
}

static void settings_are_the_environments_first(void **state)
{
	CLEANUP(aws_config_freep) struct aws_config *c = load("dev");
	struct error err = ERROR_INIT;
	bool flag;

	(void)state;
	assert_same(aws_config_setting(c, "AWS_X", "region"), "from-credentials");
	(void)setenv("AWS_X", "", 1);
	assert_same(aws_config_setting(c, "AWS_X", "region"), "from-credentials");
	(void)setenv("AWS_X", "own", 1);
	assert_same(aws_config_setting(c, "AWS_X", "region"), "own");

	assert_int_equal(
		aws_config_flag(c, "AWS_F", "use_fips_endpoint", &flag, &err), 0);
	assert_true(flag);
	assert_int_equal(aws_config_flag(c, "AWS_F", "none", &flag, &err), 0);
	assert_false(flag);
	assert_int_equal(
		aws_config_flag(c, "AWS_F", "use_dualstack_endpoint", &flag, &err), -1);
	unit_assert_error(&err, ERR_USAGE, "'perhaps', not true or false");
	(void)setenv("AWS_F", "False", 1);
	assert_int_equal(
		aws_config_flag(c, "AWS_F", "use_fips_endpoint", &flag, &err), 0);
	assert_false(flag);
}

static void files_are_looked_for_at_home(void **state)
{
	static const char *const paths[] = { "~/other", "$HOME/other", "${HOME}/other",
		"$HOME/$AWS_NONE", "${HOME}/a${AWS_B", "$HOME/$" };
	CLEANUP(freep) char *directory = path_join(*state, ".aws");
	struct error err = ERROR_INIT;
	struct aws_config *c;

	assert_int_equal(path_make_dirs(directory, 0755, &err), 0);
	unit_write_file(directory, "config", "[default]\nregion = at-home\n");
	unit_write_file(*state, "other", "[default]\nregion = other\n");
	unit_write_file(*state, "$AWS_NONE", "[default]\nregion = other\n");
	unit_write_file(*state, "a${AWS_B", "[default]\nregion = other\n");
	unit_write_file(*state, "$", "[default]\nregion = other\n");
	(void)setenv("HOME", *state, 1);
	(void)unsetenv("AWS_CONFIG_FILE");
	c = load(NULL);
	assert_same(aws_config_get_config(c, "default", "region"), "at-home");
	c = aws_config_free(c);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		(void)setenv("AWS_CONFIG_FILE", paths[i], 1);
		c = load(NULL);
		assert_same(aws_config_get_config(c, "default", "region"), "other");
		c = aws_config_free(c);
	}
}

#define CONFIG_TEST(f) cmocka_unit_test_setup_teardown(f, setup, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CONFIG_TEST(profiles_are_those_of_botocore),
		CONFIG_TEST(the_file_of_a_key_can_be_asked_for),
		CONFIG_TEST(services_are_nested),
		CONFIG_TEST(the_profile_is_chosen_in_order),
		CONFIG_TEST(a_profile_that_is_not_there_is_refused),
		CONFIG_TEST(settings_are_the_environments_first),
		CONFIG_TEST(files_are_looked_for_at_home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
