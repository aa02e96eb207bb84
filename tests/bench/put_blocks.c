/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * put_blocks FILE URL: the blocks of FILE that are no holes, by PUT to URL/N, with
 * nothing but libcurl: neither signed nor hashed, nor looked at. What an upload can be
 * compared with.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <curl/curl.h>

enum { BLOCK_BYTES = 512 << 10, CONNECTIONS = 16 };

/* One block on its way, again and again. */
struct sender {
	CURL *curl;
	size_t sent;
	void *block; /* from a page's start: pread() is three times as fast there */
};

static size_t give(char *to, size_t size, size_t count, void *userdata)
{
	struct sender *s = userdata;
	size_t room = size * count;

	if (room > BLOCK_BYTES - s->sent)
		room = BLOCK_BYTES - s->sent;
	memcpy(to, (char *)s->block + s->sent, room);
	s->sent += room;
	return room;
}

static size_t drop(char *from, size_t size, size_t count, void *userdata)
{
	(void)from;
	(void)userdata;
	return size * count;
}

static void die(const char *what)
{
	fprintf(stderr, "put_blocks: %s\n", what);
	exit(1);
}

/* The next block from *index on that is no hole; false at the end. */
static int seek_block(int fd, off_t *index)
{
	off_t at = lseek(fd, *index * BLOCK_BYTES, SEEK_DATA);

	*index = at / BLOCK_BYTES;
	return at >= 0;
}

static void begin(CURLM *multi, struct sender *s, int fd, off_t index, const char *url)
{
	char target[512];

	if (pread(fd, s->block, BLOCK_BYTES, index * BLOCK_BYTES) != BLOCK_BYTES)
		die("the file's size is no multiple of a block's");
	s->sent = 0;
	(void)snprintf(target, sizeof(target), "%s/%lld", url, (long long)index);
	curl_easy_setopt(s->curl, CURLOPT_URL, target);
	curl_easy_setopt(s->curl, CURLOPT_PRIVATE, s);
	curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(s->curl, CURLOPT_UPLOAD_BUFFERSIZE, (long)BLOCK_BYTES);
	curl_easy_setopt(s->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)BLOCK_BYTES);
	curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
	curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, drop);
	curl_multi_add_handle(multi, s->curl);
}

/* One that is done, out of the multi handle; NULL: none is. */
static struct sender *take_done(CURLM *multi)
{
	struct sender *s = NULL;
	long status = 0;
	CURLMsg *message;
	CURL *curl;
	int left;

	do
		message = curl_multi_info_read(multi, &left);
	while (message && message->msg != CURLMSG_DONE);
	if (!message)
		return NULL;
	curl = message->easy_handle;
	curl_easy_getinfo(curl, CURLINFO_PRIVATE, &s);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	if (message->data.result != CURLE_OK || status != 201)
		die("a block was not taken");
	curl_multi_remove_handle(multi, curl);
	return s;
}

int main(int argc, char **argv)
{
	int fd = argc == 3 ? open(argv[1], O_RDONLY) : -1, running, busy = 0;
	struct sender *done[CONNECTIONS];
	unsigned int vacant = CONNECTIONS;
	CURLM *multi;
	off_t index = 0;
	int more = 1;

	if (fd < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		die("no FILE, no URL, or no libcurl");
	multi = curl_multi_init();
	for (unsigned int i = 0; i < CONNECTIONS; i++) {
		done[i] = calloc(1, sizeof(**done));
		if (!done[i] || posix_memalign(&done[i]->block, 4096, BLOCK_BYTES) != 0)
			die("out of memory");
		done[i]->curl = curl_easy_init();
	}
	while (more || busy) {
		struct sender *s;

		while (vacant && more && (more = seek_block(fd, &index))) {
			begin(multi, done[--vacant], fd, index++, argv[2]);
			busy++;
		}
		if (curl_multi_perform(multi, &running) != CURLM_OK ||
			(running == busy &&
				curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK))
			die("libcurl has failed");
		while ((s = take_done(multi))) {
			done[vacant++] = s;
			busy--;
		}
	}
	return 0;
}
