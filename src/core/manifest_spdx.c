/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manifest's packages as SPDX 2.3 (ISO/IEC 5962 and its JSON schema,
 * github.com/spdx/spdx-spec). Of licences nothing is claimed: they have not been read.
 */
#include "core/manifest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/json.h"

static const char no_assertion[] = "NOASSERTION", image_id[] = "SPDXRef-Image";

/* Of an SPDXID: letters, digits, "." and "-". "libstdc++6" and "libstdc-6" shall differ:
 * other characters become ".XX." */
static void add_id(struct strbuf *to, const struct distro_package *p)
{
	strbuf_add_str(to, "SPDXRef-Package-");
	for (const char *c = p->name; *c; c++)
		if (isalnum((unsigned char)*c) || *c == '-')
			strbuf_add_char(to, *c);
		else
			strbuf_addf(to, ".%02X.", (unsigned char)*c);
	strbuf_addf(to, "-%s", p->arch);
}

/* A package URL (purl-spec): all but unreserved characters are percent-encoded. */
static void add_purl_text(struct strbuf *to, const char *text)
{
	for (const char *c = text; *c; c++)
		if (isalnum((unsigned char)*c) || strchr(".-_~:", *c))
			strbuf_add_char(to, *c);
		else
			strbuf_addf(to, "%%%02X", (unsigned char)*c);
}

static void add_purl(
	const struct manifest *m, const struct distro_package *p, struct json *j)
{
	CLEANUP(strbuf_releasep) struct strbuf purl = STRBUF_INIT;

	strbuf_addf(&purl, "pkg:deb/%s/", m->recipe->distro);
	add_purl_text(&purl, p->name);
	strbuf_add_char(&purl, '@');
	add_purl_text(&purl, p->version);
	strbuf_addf(&purl, "?arch=%s&distro=%s", p->arch, m->recipe->release);
	json_array_begin(j, "externalRefs");
	json_object_begin(j, NULL);
	json_add_string(j, "referenceCategory", "PACKAGE-MANAGER");
	json_add_string(j, "referenceType", "purl");
	json_add_string(j, "referenceLocator", purl.data);
	json_object_end(j);
	json_array_end(j);
}

static void add_checksum(const char *sha256, struct json *j)
{
	json_array_begin(j, "checksums");
	json_object_begin(j, NULL);
	json_add_string(j, "algorithm", "SHA256");
	json_add_string(j, "checksumValue", sha256);
	json_object_end(j);
	json_array_end(j);
}

/* What every package says. */
static void add_common(const char *id, const char *name, const char *version,
	const char *location, struct json *j)
{
	json_add_string(j, "SPDXID", id);
	json_add_string(j, "name", name);
	json_add_string(j, "versionInfo", version);
	json_add_string(j, "downloadLocation", location ? location : no_assertion);
	json_add_bool(j, "filesAnalyzed", false);
	json_add_string(j, "licenseConcluded", no_assertion);
	json_add_string(j, "licenseDeclared", no_assertion);
	json_add_string(j, "copyrightText", no_assertion);
}

static void add_package(
	const struct manifest *m, const struct distro_package *p, struct json *j)
{
	CLEANUP(strbuf_releasep) struct strbuf id = STRBUF_INIT;
	CLEANUP(strbuf_releasep) struct strbuf source = STRBUF_INIT;

	add_id(&id, p);
	json_object_begin(j, NULL);
	add_common(id.data, p->name, p->version, p->uri, j);
	if (p->source) {
		strbuf_addf(&source, "built from the source package %s %s", p->source,
			p->source_version ? p->source_version : "");
		json_add_string(j, "sourceInfo", source.data);
	}
	if (p->uri)
		add_checksum(p->sha256, j);
	add_purl(m, p, j);
	json_object_end(j);
}

static void add_relationship(
	const char *from, const char *type, const char *to, struct json *j)
{
	json_object_begin(j, NULL);
	json_add_string(j, "spdxElementId", from);
	json_add_string(j, "relationshipType", type);
	json_add_string(j, "relatedSpdxElement", to);
	json_object_end(j);
}

static void add_creation(const struct manifest *m, struct json *j)
{
	const time_t when = (time_t)m->made->epoch_s;
	char text[sizeof("2026-01-01T00:00:00Z")] = "1970-01-01T00:00:00Z";
	struct tm tm;

	if (gmtime_r(&when, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_object_begin(j, "creationInfo");
	json_add_string(j, "created", text);
	json_array_begin(j, "creators");
	json_add_string(j, NULL, "Tool: amiwright-" AMIWRIGHT_VERSION);
	json_array_end(j);
	json_object_end(j);
}

static void add_image(const struct manifest *m, struct json *j)
{
	json_object_begin(j, NULL);
	add_common(image_id, m->recipe->name, m->recipe->release, NULL, j);
	add_checksum(m->digests.sha256, j);
	json_add_string(j, "primaryPackagePurpose", "OPERATING_SYSTEM");
	json_object_end(j);
}

static void add_relationships(const struct manifest *m, struct json *j)
{
	json_array_begin(j, "relationships");
	add_relationship("SPDXRef-DOCUMENT", "DESCRIBES", image_id, j);
	for (size_t i = 0; i < m->made->packages.count; i++) {
		CLEANUP(strbuf_releasep) struct strbuf id = STRBUF_INIT;

		add_id(&id, &m->made->packages.items[i]);
		add_relationship(image_id, "CONTAINS", id.data, j);
	}
	json_array_end(j);
}

void manifest_format_spdx(const struct manifest *m, struct strbuf *to)
{
	CLEANUP(strbuf_releasep) struct strbuf space = STRBUF_INIT;
	struct json j = JSON_PRETTY_INIT(to);

	/* Unique and of the content alone: no two images share a digest. */
	strbuf_addf(&space, "https://spdx.org/spdxdocs/%s-%s", m->recipe->name,
		m->digests.sha256);
	json_object_begin(&j, NULL);
	json_add_string(&j, "spdxVersion", "SPDX-2.3");
	json_add_string(&j, "dataLicense", "CC0-1.0");
	json_add_string(&j, "SPDXID", "SPDXRef-DOCUMENT");
	json_add_string(&j, "name", m->recipe->name);
	json_add_string(&j, "documentNamespace", space.data);
	add_creation(m, &j);
	json_array_begin(&j, "packages");
	add_image(m, &j);
	for (size_t i = 0; i < m->made->packages.count; i++)
		add_package(m, &m->made->packages.items[i], &j);
	json_array_end(&j);
	add_relationships(m, &j);
	json_object_end(&j);
	strbuf_add_char(to, '\n');
}
