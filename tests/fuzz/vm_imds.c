/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request to the metadata service, "METHOD path\nHeader: value\n…": without a token
 * that was handed out, nothing is told.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/strv.h"
#include "vm/imds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static const char *find_header(const struct httpd_request *r, const char *name)
{
	const struct strv *lines = r->source;
	size_t length = strlen(name);

	for (size_t i = 1; i < lines->count; i++)
		if (strncasecmp(lines->items[i], name, length) == 0 &&
			lines->items[i][length] == ':')
			return lines->items[i] + length + 1;
	return NULL;
}

static void ask(struct imds *imds, char *text, const char *secret)
{
	CLEANUP(strv_releasep) struct strv lines = STRV_INIT;
	CLEANUP(httpd_response_releasep)
	struct httpd_response response = HTTPD_RESPONSE_INIT;
	struct httpd_request request = { .header = find_header, .source = &lines };
	char *path;

	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		strv_add(&lines, line);
	if (!lines.count || !(path = strchr(lines.items[0], ' ')))
		return;
	*path = '\0';
	request.method = lines.items[0];
	request.path = path + 1;
	imds_answer(imds, &request, 1000, &response);
	check(response.status >= 200 && response.status < 600);
	/* No input holds a token: they are random. */
	check(!strstr(response.body.data, secret));
	check(response.status != 200 || strcmp(request.method, "PUT") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t random[IDENTITY_RANDOM_BYTES] = { 0x12, 0x34, 0x56 };
	CLEANUP(freep) char *text = xstrndup((const char *)data, size);
	struct instance_identity identity;
	const struct imds_spec spec = {
		.identity = &identity, .user_data = "x", .user_data_bytes = 1
	};
	CLEANUP(imds_freep) struct imds *imds = NULL;

	instance_identity_init(&identity, VM_X86_64, random);
	imds = imds_new(&spec);
	ask(imds, text, identity.instance_id);
	return 0;
}
