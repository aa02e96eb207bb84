/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/build_inputs.h"

#include <inttypes.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/path.h"
#include "base/strbuf.h"

void build_inputs_release(struct build_inputs *in)
{
	free(in->tree);
	*in = (struct build_inputs)BUILD_INPUTS_INIT;
}

/* A library is told by its file: to read them all would take longer than all the rest. */
static int add_library(struct dl_phdr_info *info, size_t size, void *to)
{
	struct stat st;

	(void)size;
	if (*info->dlpi_name && stat(info->dlpi_name, &st) == 0)
		strbuf_addf(to, "%s %" PRIu64 " %" PRIu64 " %" PRId64 ".%09ld\n",
			info->dlpi_name, (uint64_t)st.st_ino, (uint64_t)st.st_size,
			(int64_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	return 0;
}

int build_inputs_program(manifest_digest ret, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	manifest_digest program;

	if (hash_file_followed("/proc/self/exe", program, err) < 0)
		return -1;
	strbuf_addf(&text, "%s\n", program);
	(void)dl_iterate_phdr(add_library, &text);
	hash_bytes(text.data, text.length_bytes, ret);
	return 0;
}

/* The digest that manifests have, and what it leaves out: a script can see its name. */
static int hash_recipe(
	const struct recipe *recipe, manifest_digest ret, struct error *err)
{
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	manifest_digest digest;

	if (manifest_hash_recipe(recipe, digest, err) < 0)
		return -1;
	strbuf_addf(&text, "%s\n", digest);
	for (size_t i = 0; i < recipe->scripts.count; i++)
		strbuf_addf(&text, "%s\n", path_basename(recipe->scripts.items[i]));
	hash_bytes(text.data, text.length_bytes, ret);
	return 0;
}

int build_inputs_read(const struct recipe *recipe, const char *locked,
	struct build_inputs *ret, struct error *err)
{
	struct build_inputs in = BUILD_INPUTS_INIT;

	if (build_inputs_program(in.program, err) < 0 ||
		hash_recipe(recipe, in.recipe, err) < 0 ||
		(locked && hash_file_followed(locked, in.lock, err) < 0))
		return -1;
	*ret = in;
	return 0;
}

const char *build_inputs_compare(
	const struct build_inputs *before, const struct build_inputs *now)
{
	if (strcmp(before->program, now->program) != 0)
		return "amiwright or one of its libraries is another one";
	if (strcmp(before->recipe, now->recipe) != 0)
		return "the recipe or a file that it names has changed";
	if (strcmp(before->lock, now->lock) != 0)
		return "it is locked to other packages";
	if (before->tree && now->tree && strcmp(before->tree, now->tree) != 0)
		return "the mirror, its keys, apt or the emulator have something new";
	return NULL;
}

bool build_inputs_decide(const struct recipe *recipe)
{
	return !recipe->scripts.count || recipe->scripts_repeatable;
}
