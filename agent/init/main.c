/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ec2-init: reads the command line and the configuration, and runs one stage. */
#include <linux/errno.h>
#include <linux/fcntl.h>

#include "init/config.h"
#include "init/log.h"
#include "init/stage.h"
#include "rt/start.h"
#include "rt/string.h"
#include "rt/sys.h"
#include "rt/text.h"

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static const struct command {
	const char *name;
	bool (*run)(struct stage *s);
	const char *summary;
} commands[] = {
	{ "boot", stage_boot,
		"without a network: machine-id, ssh host keys, root grown" },
	{ "metadata", stage_metadata, "from the metadata: launch keys, host name" },
	{ "user-data", stage_user_data, "run the scripts of the user data" },
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print(int fd, const char *text)
{
	(void)sys_write_all(fd, text, strlen(text));
}

static void print_help(int fd)
{
	char buffer[1024];
	struct text t = TEXT_IN(buffer);

	text_add_str(&t,
		"usage: ec2-init [--config FILE] STAGE\n\n"
		"First-boot work of an EC2 instance. Services run its stages:\n\n");
	for (size_t i = 0; i < COMMANDS; i++) {
		size_t length = strlen(commands[i].name);

		text_addf(&t, "  %s%.*s %s\n", commands[i].name,
			length < 12 ? (int)(12 - length) : 0, "            ",
			commands[i].summary);
	}
	text_add_str(&t, "\n  --config FILE  instead of " CONFIG_PATH "\n"
			 "  --help         this text\n"
			 "  --version      the version\n");
	print(fd, buffer);
}

/* A file that is opened must not become one of the standard streams. */
static void fill_standard_streams(void)
{
	int fd;

	do
		fd = sys_openat(AT_FDCWD, "/dev/null", O_RDWR, 0);
	while (fd >= 0 && fd <= 2 && sys_dup_onto(fd, fd) >= 0);
	sys_closep(&fd);
}

static const char *complaint_path;

static void complain(unsigned int line, const char *what, const char *word)
{
	log_say("%s: line %u %s: '%s'", complaint_path, line, what, word);
}

/* What is said here is said when the log is open; so the text is read twice. */
static void read_config(const char *path, const char *stage, struct config *c)
{
	static char text[CONFIG_MOST_BYTES], copy[CONFIG_MOST_BYTES];
	long length = file_read_path(path, text, sizeof(text));

	config_set_defaults(c);
	if (length > 0) {
		memcpy(copy, text, (size_t)length + 1);
		config_parse(c, copy, NULL);
	}
	log_open(stage, c->log_file, c->console);
	if (length < 0 && length != -ENOENT)
		log_say("cannot read %s, so the defaults hold: %s", path,
			text_errno(length));
	if (length > 0) {
		complaint_path = path;
		config_set_defaults(c);
		config_parse(c, text, complain);
	}
}

static int run(const struct command *command, const char *config_path, char **envp)
{
	static struct config config;
	struct stage s = { .config = &config, .envp = envp };
	bool good;
	int r;

	fill_standard_streams();
	(void)sys_umask(022);
	read_config(config_path, command->name, &config);
	r = state_open(&s.state, config.state_directory);
	if (r < 0) {
		log_say("cannot open %s: %s", config.state_directory, text_errno(r));
		return EXIT_FAILED;
	}
	identity_read(&s.identity);
	good = command->run(&s);
	log_note(good ? "done" : "failed in part; see above");
	state_close(&s.state);
	return good ? EXIT_OK : EXIT_FAILED;
}

int main(int argc, char **argv, char **envp)
{
	const char *config_path = CONFIG_PATH;
	int at = 1;

	if (at + 1 < argc && strcmp(argv[at], "--config") == 0) {
		config_path = argv[at + 1];
		at += 2;
	}
	if (at + 1 == argc) {
		if (strcmp(argv[at], "--help") == 0) {
			print_help(1);
			return EXIT_OK;
		}
		if (strcmp(argv[at], "--version") == 0) {
			print(1, "ec2-init " AMIWRIGHT_VERSION "\n");
			return EXIT_OK;
		}
		for (size_t i = 0; i < COMMANDS; i++)
			if (strcmp(argv[at], commands[i].name) == 0)
				return run(&commands[i], config_path, envp);
	}
	print_help(2);
	return EXIT_USAGE;
}
