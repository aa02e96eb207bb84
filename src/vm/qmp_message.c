/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vm/qmp_message.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#include <jansson.h>

static void copy_text(struct qmp_message *m, const json_t *value)
{
	const char *text = json_string_value(value);

	(void)snprintf(m->text, sizeof(m->text), "%s", text ? text : "");
}

int qmp_message_parse(
	const char *line, size_t length_bytes, struct qmp_message *ret, struct error *err)
{
	json_auto_t *root = NULL;
	struct qmp_message m = { 0 };
	json_error_t why;
	json_t *part;
	const char *reason;
	json_int_t id;

	root = json_loadb(line, length_bytes, 0, &why);
	if (!json_is_object(root))
		return error_set(err, ERR_FORMAT, 0,
			"QEMU said something that is no QMP: %s",
			root ? "not an object" : why.text);
	id = json_integer_value(json_object_get(root, "id"));
	m.id = id > 0 ? (uint64_t)id : 0;
	if (json_object_get(root, "QMP")) {
		m.kind = QMP_GREETING;
	} else if (json_object_get(root, "return")) {
		m.kind = QMP_RETURN;
	} else if ((part = json_object_get(root, "error"))) {
		m.kind = QMP_ERROR;
		copy_text(&m, json_object_get(part, "desc"));
	} else if ((part = json_object_get(root, "event"))) {
		m.kind = QMP_EVENT;
		copy_text(&m, part);
		part = json_object_get(root, "data");
		m.by_guest = json_is_true(json_object_get(part, "guest"));
		reason = json_string_value(json_object_get(part, "reason"));
		m.by_reset = reason && strcmp(reason, "guest-reset") == 0;
	}
	*ret = m;
	return 0;
}
