/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EC2 sends the response that carries a metadata token with the IP time to live that the
 * instance's HttpPutResponseHopLimit says, so that it does not reach further than wanted
 * (a container behind a bridge is one hop further). This does it to the frames of a
 * network.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Set the time to live (IPv4, RFC 791) of an Ethernet frame to `hops`, checksum included,
 * when it is a TCP segment from the metadata service with the head of such a response.
 * Returns whether it was.
 */
bool hop_limit_apply(uint8_t *frame, size_t length_bytes, uint8_t hops);
