/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/manifest.h"

#include <sys/stat.h>

#include "core/manifest_lock.h"
#include "json_support.h"
#include "recipe_support.h"
#include "tree/dirtree.h"
#include "tree/hash_tree.h"

static const char recipe_text[] = "name: test\ndistro: debian\nrelease: bookworm\n"
				  "image: {imds: any, tags: {Team: 'a \"b\"'}}\n";

/* Everything that a manifest is made of. */
struct parts {
	struct recipe *recipe;
	struct distro_result made;
	struct filetree *tree;
	struct loader_images loader;
	manifest_digest *digests;
	struct manifest manifest;
};

static void add_packages(struct distro_packages *to)
{
	struct distro_package a = {
		.name = xstrdup("libstdc++6"),
		.version = xstrdup("1:12.2+x~1"),
		.arch = xstrdup("amd64"),
		.source = xstrdup("gcc-12"),
		.source_version = xstrdup("12.2"),
		.uri = xstrdup("http://m/a.deb"),
		.size_bytes = 7,
	};
	struct distro_package b = {
		.name = xstrdup("own"),
		.version = xstrdup("1"),
		.arch = xstrdup("all"),
	};

	memset(a.sha256, '1', SHA256_HEX_CHARS);
	distro_packages_add(to, &a);
	distro_packages_add(to, &b);
}

static void make_tree(const char *dir)
{
	CLEANUP(freep) char *boot = path_join(dir, "tree/boot");
	CLEANUP(freep) char *link = path_join(dir, "tree/link");
	CLEANUP(freep) char *hard = path_join(dir, "tree/hard");
	CLEANUP(freep) char *kernel = path_join(boot, "vmlinuz-6.1");
	struct error err = ERROR_INIT;

	assert_int_equal(path_make_dirs(boot, 0755, &err), 0);
	unit_write_file(boot, "vmlinuz-6.1", "abc");
	unit_write_file(boot, "initrd.img-6.1", "");
	assert_int_equal(chmod(kernel, 0600), 0);
	assert_int_equal(symlink("boot/vmlinuz-6.1", link), 0);
	assert_int_equal(linkat(AT_FDCWD, kernel, AT_FDCWD, hard, 0), 0);
}

static void parts_make(struct parts *p, const char *dir)
{
	CLEANUP(freep) char *tree = path_join(dir, "tree");
	struct error err = ERROR_INIT;

	make_tree(dir);
	*p = (struct parts){ .recipe = load_good(dir, recipe_text, NULL) };
	p->made.epoch_s = 1700000000;
	add_packages(&p->made.packages);
	strv_add(&p->made.tools, "apt 2.6.1");
	p->loader = (struct loader_images){
		.efi = xstrdup("abc"), .efi_bytes = 3, .efi_name = "BOOTX64.EFI"
	};
	assert_int_equal(dirtree_read(tree, &p->tree, &err), 0);
	assert_int_equal(hash_tree(p->tree, NULL, &p->digests, &err), 0);
	p->manifest = (struct manifest){
		.recipe = p->recipe,
		.made = &p->made,
		.tree = p->tree,
		.loader = &p->loader,
		.size_bytes = 1 << 20,
		.digests = { .sha256 = "00ff", .linear = "AP8=", .blocks = 2 },
		.recipe_digest = "0123",
		.file_digests = p->digests,
	};
}

static void parts_releasep(struct parts *p)
{
	recipe_free(p->recipe);
	distro_result_release(&p->made);
	filetree_free(p->tree);
	loader_images_release(&p->loader);
	free(p->digests);
}

struct value_case {
	const char *path, *value;
};

static void assert_values(
	const char *document, const struct value_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		CLEANUP(freep) char *value = json_document_at(document, cases[i].path);

		if (!value || strcmp(value, cases[i].value) != 0)
			fail_msg("%s is %s", cases[i].path, value ? value : "not there");
	}
}

#define SHA_ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void the_manifest_has_what_is_promised(void **state)
{
	static const struct value_case cases[] = {
		{ "manifest", "1" },
		{ "recipe/distro", "\"debian\"" },
		{ "recipe/user", "\"admin\"" },
		{ "recipe/sha256", "\"0123\"" },
		{ "recipe/image/boot_mode", "\"uefi-preferred\"" },
		{ "recipe/image/imds", "\"any\"" },
		{ "recipe/image/tags", "{\"Team\":\"a \\\"b\\\"\"}" },
		{ "epoch", "1700000000" },
		{ "tools/0", "\"amiwright " AMIWRIGHT_VERSION "\"" },
		{ "tools/1", "\"apt 2.6.1\"" },
		{ "disk/sha256", "\"00ff\"" },
		{ "disk/linear",
			"{\"checksum\":\"AP8=\",\"block_bytes\":524288,\"blocks\":2}" },
		{ "boot/loaders",
			"[{\"name\":\"BOOTX64.EFI\",\"sha256\":\"" SHA_ABC "\"}]" },
		{ "boot/kernels",
			"[{\"path\":\"boot/vmlinuz-6.1\",\"sha256\":\"" SHA_ABC "\"}]" },
		{ "boot/initramfs",
			"[{\"path\":\"boot/initrd.img-6.1\",\"sha256\":\"" SHA_EMPTY
			"\"}]" },
		{ "packages/0/source", "\"gcc-12\"" },
		{ "packages/0/uri", "\"http://m/a.deb\"" },
		{ "packages/0/size_bytes", "7" },
		{ "packages/1/name", "\"own\"" },
		{ "packages/1/uri", "null" },
		{ "packages/1/sha256", "null" },
		{ "files/0/path", "\"boot\"" },
		{ "files/0/type", "\"directory\"" },
		{ "files/2/path", "\"boot/vmlinuz-6.1\"" },
		{ "files/2/mode", "\"0600\"" },
		{ "files/2/size_bytes", "3" },
		{ "files/2/sha256", "\"" SHA_ABC "\"" },
		{ "files/3/path", "\"hard\"" },
		{ "files/3/sha256", "\"" SHA_ABC "\"" },
		{ "files/4/target", "\"boot/vmlinuz-6.1\"" },
	};
	CLEANUP(parts_releasep) struct parts p;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf brief = STRBUF_INIT;

	parts_make(&p, *state);
	manifest_format(&p.manifest, true, &text);
	assert_values(text.data, cases, ARRAY_SIZE(cases));
	manifest_format(&p.manifest, false, &brief);
	assert_null(json_document_at(brief.data, "files"));
	assert_values(brief.data, cases, 19);
}

static void it_locks_the_same_packages(void **state)
{
	CLEANUP(parts_releasep) struct parts p;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;
	CLEANUP(distro_lock_releasep) struct distro_lock lock = { 0 };
	struct error err = ERROR_INIT;

	parts_make(&p, *state);
	manifest_format(&p.manifest, true, &text);
	assert_int_equal(manifest_lock_parse(text.data, text.length_bytes, "m", p.recipe,
				 &lock, &err),
		0);
	assert_int_equal(lock.epoch_s, 1700000000);
	assert_int_equal(lock.packages.count, 2);
	assert_string_equal(lock.packages.items[0].name, "libstdc++6");
	assert_string_equal(
		lock.packages.items[0].sha256, p.made.packages.items[0].sha256);
	assert_null(lock.packages.items[1].uri);
}

/* The words are those of spdx-schema.json of SPDX 2.3; some differ from its text. */
static void spdx_documents_have_the_schemas_words(void **state)
{
	static const struct value_case cases[] = {
		{ "spdxVersion", "\"SPDX-2.3\"" },
		{ "dataLicense", "\"CC0-1.0\"" },
		{ "SPDXID", "\"SPDXRef-DOCUMENT\"" },
		{ "documentNamespace", "\"https://spdx.org/spdxdocs/test-00ff\"" },
		{ "creationInfo/created", "\"2023-11-14T22:13:20Z\"" },
		{ "packages/0/primaryPackagePurpose", "\"OPERATING_SYSTEM\"" },
		{ "packages/0/checksums",
			"[{\"algorithm\":\"SHA256\",\"checksumValue\":\"00ff\"}]" },
		{ "packages/1/SPDXID", "\"SPDXRef-Package-libstdc.2B..2B.6-amd64\"" },
		{ "packages/1/versionInfo", "\"1:12.2+x~1\"" },
		{ "packages/1/downloadLocation", "\"http://m/a.deb\"" },
		{ "packages/1/sourceInfo",
			"\"built from the source package gcc-12 12.2\"" },
		{ "packages/1/externalRefs/0/referenceLocator",
			"\"pkg:deb/debian/libstdc%2B%2B6@1:12.2%2Bx~1?arch=amd64&distro="
			"bookworm\"" },
		{ "packages/2/downloadLocation", "\"NOASSERTION\"" },
		{ "relationships/0/relationshipType", "\"DESCRIBES\"" },
		{ "relationships/2/relatedSpdxElement", "\"SPDXRef-Package-own-all\"" },
	};
	CLEANUP(parts_releasep) struct parts p;
	CLEANUP(strbuf_releasep) struct strbuf text = STRBUF_INIT;

	parts_make(&p, *state);
	manifest_format_spdx(&p.manifest, &text);
	assert_values(text.data, cases, ARRAY_SIZE(cases));
}

static void digest_of(const char *dir, const char *text, manifest_digest hex)
{
	CLEANUP(recipe_freep) struct recipe *r = load_good(dir, text, NULL);
	struct error err = ERROR_INIT;

	if (manifest_hash_recipe(r, hex, &err) < 0)
		fail_msg("%s", err.msg);
}

/* Content counts, and where it stands does not. */
static void the_recipes_digest_is_of_what_it_says(void **state)
{
	static const char with_script[] =
		"name: test\ndistro: debian\nrelease: bookworm\nscripts: [s.sh]\n";
	static const char renamed[] =
		"name: test\ndistro: debian\nrelease: bookworm\nscripts: [t.sh]\n";
	manifest_digest plain, commented, first, moved, changed;

	digest_of(*state, recipe_text, plain);
	digest_of(*state,
		"release: bookworm # the old one\nname: test\ndistro: debian\n"
		"image: {tags: {Team: 'a \"b\"'}, imds: any}\n",
		commented);
	assert_string_equal(plain, commented);
	unit_write_file(*state, "s.sh", "#!/bin/sh\n");
	unit_write_file(*state, "t.sh", "#!/bin/sh\n");
	digest_of(*state, with_script, first);
	digest_of(*state, renamed, moved);
	assert_string_equal(first, moved);
	assert_string_not_equal(first, plain);
	unit_write_file(*state, "s.sh", "#!/bin/sh\ntrue\n");
	digest_of(*state, with_script, changed);
	assert_string_not_equal(first, changed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_TEST(the_manifest_has_what_is_promised),
		SCRATCH_TEST(it_locks_the_same_packages),
		SCRATCH_TEST(spdx_documents_have_the_schemas_words),
		SCRATCH_TEST(the_recipes_digest_is_of_what_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
