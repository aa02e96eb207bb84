/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/kept_about.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strbuf.h"

void kept_about_release(struct kept_about *a)
{
	distro_result_release(&a->made);
	loader_images_release(&a->loader);
	for (size_t i = 0; i < a->file_count; i++) {
		free(a->files[i].path);
		free(a->files[i].place);
	}
	free(a->files);
	*a = (struct kept_about){ 0 };
}

void kept_about_add_file(struct kept_about *a, struct kept_file *file)
{
	array_reserve_one(
		(void **)&a->files, a->file_count, &a->file_room, sizeof(*a->files));
	a->files[a->file_count++] = *file;
	*file = (struct kept_file){ 0 };
}

/* ---- writing */

static void add_image(struct strv *to, const void *bytes, size_t length_bytes)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	char *hex = xmalloc(2 * length_bytes + 1);

	for (size_t i = 0; i < length_bytes; i++) {
		hex[2 * i] = digits[b[i] >> 4];
		hex[2 * i + 1] = digits[b[i] & 15];
	}
	hex[2 * length_bytes] = '\0';
	strv_take(to, hex);
}

/* "" is what is not known. */
static void add_text(struct strv *to, const char *text)
{
	strv_add(to, text ? text : "");
}

static void add_package(struct strv *to, const struct distro_package *p)
{
	add_text(to, p->name);
	add_text(to, p->version);
	add_text(to, p->arch);
	add_text(to, p->source);
	add_text(to, p->source_version);
	add_text(to, p->uri);
	strv_addf(to, "%" PRIu64, p->size_bytes);
	add_text(to, p->sha256);
}

void kept_about_format(const struct distro_result *made,
	const struct loader_images *loader, const struct kept_file *files, size_t count,
	struct strv *to)
{
	add_text(to, made->inputs);
	strv_addf(to, "%" PRId64, made->epoch_s);
	add_image(to, loader->bios_boot, loader->bios_boot_bytes);
	add_image(to, loader->bios_core, loader->bios_core_bytes);
	add_image(to, loader->efi, loader->efi_bytes);
	add_text(to, loader->efi_name);
	strv_addf(to, "%zu", made->tools.count);
	for (size_t i = 0; i < made->tools.count; i++)
		add_text(to, made->tools.items[i]);
	strv_addf(to, "%zu", made->packages.count);
	for (size_t i = 0; i < made->packages.count; i++)
		add_package(to, &made->packages.items[i]);
	strv_addf(to, "%zu", count);
	for (size_t i = 0; i < count; i++)
		STRV_ADD(to, files[i].path, files[i].place, files[i].digest);
}

/* ---- reading */

struct reader {
	const struct strv *from;
	size_t at;
	bool bad; /* sticks */
};

static const char *next(struct reader *r)
{
	if (r->at < r->from->count)
		return r->from->items[r->at++];
	r->bad = true;
	return "";
}

static char *take_text(struct reader *r)
{
	const char *text = next(r);

	return *text ? xstrdup(text) : NULL;
}

static uint64_t take_number(struct reader *r, uint64_t most)
{
	const char *text = next(r);
	const size_t digits = strspn(text, "0123456789");
	uint64_t number = 0;

	if (!digits || digits > 18 || text[digits])
		r->bad = true;
	else
		number = strtoull(text, NULL, 10);
	if (number > most)
		r->bad = true;
	return r->bad ? 0 : number;
}

static void take_digest(struct reader *r, manifest_digest to, bool may_be_none)
{
	const char *text = next(r);
	const size_t length = strlen(text);

	if ((length != SHA256_HEX_CHARS && (length || !may_be_none)) ||
		strspn(text, "0123456789abcdef") != length)
		r->bad = true;
	else
		memcpy(to, text, length + 1);
}

static unsigned int digit_value(char c)
{
	return (unsigned int)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void take_image(struct reader *r, void **ret, size_t *ret_bytes)
{
	const char *hex = next(r);
	const size_t length = strlen(hex);
	unsigned char *bytes;

	if (length % 2 || strspn(hex, "0123456789abcdef") != length) {
		r->bad = true;
		return;
	}
	if (!length)
		return;
	bytes = xmalloc(length / 2);
	for (size_t i = 0; i < length; i += 2)
		bytes[i / 2] = (unsigned char)(digit_value(hex[i]) << 4 |
					       digit_value(hex[i + 1]));
	*ret = bytes;
	*ret_bytes = length / 2;
}

static void take_loader(struct reader *r, struct loader_images *to)
{
	const char *name;

	take_image(r, &to->bios_boot, &to->bios_boot_bytes);
	take_image(r, &to->bios_core, &to->bios_core_bytes);
	take_image(r, &to->efi, &to->efi_bytes);
	name = next(r);
	if (strlen(name) >= sizeof(to->efi_name))
		r->bad = true;
	else
		memcpy(to->efi_name, name, strlen(name) + 1);
}

static void take_package(struct reader *r, struct distro_packages *to)
{
	struct distro_package p = { 0 };

	p.name = xstrdup(next(r));
	p.version = xstrdup(next(r));
	p.arch = xstrdup(next(r));
	p.source = take_text(r);
	p.source_version = take_text(r);
	p.uri = take_text(r);
	p.size_bytes = take_number(r, UINT64_MAX);
	take_digest(r, p.sha256, true);
	distro_packages_add(to, &p);
}

static void take_file(struct reader *r, struct kept_about *to)
{
	struct kept_file file = { 0 };

	file.path = xstrdup(next(r));
	file.place = xstrdup(next(r));
	take_digest(r, file.digest, false);
	kept_about_add_file(to, &file);
}

int kept_about_parse(const struct strv *from, struct kept_about *ret, struct error *err)
{
	CLEANUP(kept_about_releasep) struct kept_about a = { 0 };
	struct reader r = { .from = from };
	uint64_t count;

	a.made.inputs = xstrdup(next(&r));
	a.made.epoch_s = (int64_t)take_number(&r, INT64_MAX);
	take_loader(&r, &a.loader);
	count = take_number(&r, from->count);
	for (uint64_t i = 0; i < count && !r.bad; i++)
		strv_add(&a.made.tools, next(&r));
	count = take_number(&r, from->count);
	for (uint64_t i = 0; i < count && !r.bad; i++)
		take_package(&r, &a.made.packages);
	count = take_number(&r, from->count);
	for (uint64_t i = 0; i < count && !r.bad; i++)
		take_file(&r, &a);
	if (r.bad || r.at != from->count)
		return error_set(err, ERR_FORMAT, 0,
			"what is kept of a tree does not say what belongs to it");
	*ret = a;
	a = (struct kept_about){ 0 };
	return 0;
}
