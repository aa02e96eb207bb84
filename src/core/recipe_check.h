/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What single values of a recipe may be. Each function returns why `text` is refused,
 * as the end of a sentence that starts with the value, or NULL when it is fine. Values
 * that pass cannot become options, shell syntax or path components.
 */
#pragma once

const char *recipe_check_image_name(const char *text);
const char *recipe_check_word(const char *text); /* names of distributions and releases */
const char *recipe_check_package(const char *text);
const char *recipe_check_user(const char *text);
const char *recipe_check_hostname(const char *text);
const char *recipe_check_locale(const char *text);
const char *recipe_check_url(const char *text);
const char *recipe_check_kernel_args(const char *text);
const char *recipe_check_password_hash(const char *text);
const char *recipe_check_path(const char *text);
const char *recipe_check_description(const char *text);
const char *recipe_check_tag_name(const char *text);
const char *recipe_check_tag_value(const char *text);
const char *recipe_check_lint_id(const char *text);
const char *recipe_check_reason(const char *text);
const char *recipe_check_region(const char *text);
const char *recipe_check_account(const char *text);
const char *recipe_check_share(const char *text); /* or an organisation, or a unit */
const char *recipe_check_kms_key(const char *text);
const char *recipe_check_deprecation(const char *text);
const char *recipe_check_parameter(const char *text);
