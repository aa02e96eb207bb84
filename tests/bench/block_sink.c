/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block_sink [--tls CHAIN] [--stall-every N]: an endpoint of EBS direct and EC2 on
 * loopback that is as fast as a socket. It takes the blocks of one snapshot after the
 * other, looks at none of them, and refuses a snapshot whose number of blocks is not what
 * came. Its port is the first line of its output; it runs until it is killed.
 *
 * --tls is a file with a chain and its key. Each Nth block of --stall-every is answered
 * 30 s late.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

enum { HEAD_MOST_BYTES = 16384, STALL_S = 30, PIECE_BYTES = 256 << 10 };

static SSL_CTX *tls;
static unsigned long stall_every;
static atomic_ulong blocks; /* of the snapshot that is being made */
static atomic_ulong put_count;

/* One connection: what was read and not yet looked at stands in `head`. */
struct peer {
	int fd;
	SSL *ssl; /* or NULL */
	size_t filled;
	char head[HEAD_MOST_BYTES + 1];
	char piece[PIECE_BYTES];
};

static long peer_read(struct peer *p, void *to, size_t room)
{
	return p->ssl ? SSL_read(p->ssl, to, (int)room) : read(p->fd, to, room);
}

static int peer_write(struct peer *p, const char *text, size_t length)
{
	if (p->ssl)
		return SSL_write(p->ssl, text, (int)length) == (int)length ? 0 : -1;
	return send(p->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
}

/* Until the head of a request is there; its length, or 0 at the end. */
static size_t read_head(struct peer *p)
{
	for (;;) {
		char *end;
		long got;

		p->head[p->filled] = '\0';
		end = strstr(p->head, "\r\n\r\n");
		if (end)
			return (size_t)(end - p->head) + 4;
		if (p->filled == HEAD_MOST_BYTES)
			return 0;
		got = peer_read(p, p->head + p->filled, HEAD_MOST_BYTES - p->filled);
		if (got <= 0)
			return 0;
		p->filled += (size_t)got;
	}
}

/* The value of a header of the head, which ends with a NUL; NULL: it has none. */
static const char *header(const char *head, const char *name)
{
	const size_t length = strlen(name);

	for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
		line += 2;
		if (!strncasecmp(line, name, length) && line[length] == ':')
			return line + length + 1 + strspn(line + length + 1, " ");
	}
	return NULL;
}

/* Behind the head: some of it may be there already, and more than it. */
static int drop_body(struct peer *p, size_t head_bytes, size_t body_bytes)
{
	size_t there = p->filled - head_bytes;

	if (there > body_bytes) {
		memmove(p->head, p->head + head_bytes + body_bytes, there - body_bytes);
		p->filled = there - body_bytes;
		return 0;
	}
	p->filled = 0;
	while (there < body_bytes) {
		const size_t left = body_bytes - there;
		long got =
			peer_read(p, p->piece, left < PIECE_BYTES ? left : PIECE_BYTES);

		if (got <= 0)
			return -1;
		there += (size_t)got;
	}
	return 0;
}

static int answer(struct peer *p, const char *status, const char *body)
{
	char text[1024];
	int length = snprintf(text, sizeof(text),
		"HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body),
		body);

	return peer_write(p, text, (size_t)length);
}

static int take_block(struct peer *p)
{
	const unsigned long n = atomic_fetch_add(&put_count, 1) + 1;

	atomic_fetch_add(&blocks, 1);
	if (stall_every && n % stall_every == 0) {
		/* The second attempt for the same block is counted, too. */
		atomic_fetch_sub(&blocks, 1);
		sleep(STALL_S);
	}
	return answer(p, "201 Created", "");
}

static int complete(struct peer *p, unsigned long wanted)
{
	if (!stall_every && wanted != atomic_load(&blocks))
		return answer(p, "400 Bad Request",
			"{\"__type\": \"ValidationException\", \"message\": \"blocks\"}");
	return answer(p, "202 Accepted", "{\"Status\": \"completed\"}");
}

static int serve(struct peer *p, size_t head_bytes)
{
	static const char described[] =
		"<DescribeSnapshotsResponse><snapshotSet><item><snapshotId>snap-"
		"0123456789"
		"abcdef0</snapshotId><status>completed</status></item></snapshotSet>"
		"</DescribeSnapshotsResponse>";
	const char after = p->head[head_bytes];
	const char *length, *changed;
	unsigned long wanted;
	size_t body_bytes;
	char line[64];

	p->head[head_bytes] = '\0';
	length = header(p->head, "Content-Length");
	changed = header(p->head, "x-amz-ChangedBlocksCount");
	body_bytes = length ? strtoul(length, NULL, 10) : 0;
	wanted = changed ? strtoul(changed, NULL, 10) : 0;
	(void)snprintf(line, sizeof(line), "%.*s", (int)strcspn(p->head, "\r"), p->head);
	if (header(p->head, "Expect") && p->filled == head_bytes &&
		peer_write(p, "HTTP/1.1 100 Continue\r\n\r\n", 25) < 0)
		return -1;
	p->head[head_bytes] = after;
	if (drop_body(p, head_bytes, body_bytes) < 0)
		return -1;
	if (!strncmp(line, "PUT /snapshots/", 15))
		return take_block(p);
	if (!strncmp(line, "POST /snapshots/completion/", 27))
		return complete(p, wanted);
	if (!strncmp(line, "POST /snapshots ", 16)) {
		atomic_store(&blocks, 0);
		return answer(p, "201 Created",
			"{\"SnapshotId\": \"snap-0123456789abcdef0\", \"BlockSize\": "
			"524288, "
			"\"Status\": \"pending\"}");
	}
	return answer(p, "200 OK", described);
}

static void *run_peer(void *userdata)
{
	struct peer *p = userdata;
	size_t head_bytes = 0;

	if (tls) {
		p->ssl = SSL_new(tls);
		SSL_set_fd(p->ssl, p->fd);
	}
	if (!p->ssl || SSL_accept(p->ssl) == 1)
		head_bytes = read_head(p);
	while (head_bytes && serve(p, head_bytes) == 0)
		head_bytes = read_head(p);
	SSL_free(p->ssl);
	close(p->fd);
	free(p);
	return NULL;
}

static int begin_tls(const char *chain)
{
	tls = SSL_CTX_new(TLS_server_method());
	return tls && SSL_CTX_use_certificate_chain_file(tls, chain) == 1 &&
			       SSL_CTX_use_PrivateKey_file(
				       tls, chain, SSL_FILETYPE_PEM) == 1
		       ? 0
		       : -1;
}

static int begin_listening(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
		listen(fd, 256) < 0 ||
		getsockname(fd, (struct sockaddr *)&at, &length) < 0)
		return -1;
	printf("%d\n", ntohs(at.sin_port));
	return fflush(stdout) == 0 ? fd : -1;
}

int main(int argc, char **argv)
{
	int listening;

	(void)signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--tls") && begin_tls(argv[i + 1]) < 0)
			return 1;
		if (!strcmp(argv[i], "--stall-every"))
			stall_every = strtoul(argv[i + 1], NULL, 10);
	}
	listening = begin_listening();
	while (listening >= 0) {
		struct peer *p = calloc(1, sizeof(*p));
		pthread_t thread;
		int on = 1;

		if (!p)
			return 1;
		p->fd = accept(listening, NULL, NULL);
		if (p->fd < 0)
			return 1;
		(void)setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (pthread_create(&thread, NULL, run_peer, p) != 0)
			return 1;
		(void)pthread_detach(thread);
	}
	return 1;
}
