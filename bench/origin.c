// The cold runs' upstream: a static HTTP server over kept-alive connections that is not faster than a line.
//
// origin PORT FOLDER
//   GET /-/rate?BYTES   from now on a connection gets so many bytes a second (0: as fast as it goes)
//   GET /-/count        how many files were asked for so far
//   GET /name?c=…       the file, its first 64 bytes replaced by the query: a content that was never seen
// The kernel paces (SO_MAX_PACING_RATE), so that the bytes come evenly as from a network and not in bursts at memory speed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STAMP = 64 };

static const char *root;
static atomic_ulong rate;
static atomic_long count;

static int send_text(int s, int status, const char *text) {
  char answer[256];
  int n = snprintf(answer, sizeof answer, "HTTP/1.1 %d x\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(text), text);
  return send(s, answer, n, MSG_NOSIGNAL) == n;
}

static int send_file(int s, const char *name, const char *query, int is_head) {
  char path[2048], head[512];
  struct stat st;
  snprintf(path, sizeof path, "%s%s", root, name);
  int file = strstr(name, "..") ? -1 : open(path, O_RDONLY);
  if (file < 0 || fstat(file, &st) || !S_ISREG(st.st_mode)) {
    if (file >= 0) close(file);
    return send_text(s, 404, "no such file\n");
  }
  unsigned long pace = rate ? rate : ~0UL;
  setsockopt(s, SOL_SOCKET, SO_MAX_PACING_RATE, &pace, sizeof pace);
  int is_stamped = query && !strncmp(query, "c=", 2) && st.st_size >= STAMP;
  int n = snprintf(head, sizeof head - STAMP,
      "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nLast-Modified: Sat, 01 Nov 2025 00:00:00 GMT\r\nETag: \"%lx-%s\"\r\nContent-Length: %ld\r\n\r\n",
      (long)st.st_mtime, is_stamped ? query : "0", (long)st.st_size);
  off_t at = 0;
  if (is_stamped && !is_head) {
    char stamp[STAMP + 1];
    snprintf(stamp, sizeof stamp, "%-64.64s", query);
    memcpy(head + n, stamp, STAMP);
    n += at = STAMP;
  }
  int ok = send(s, head, n, MSG_NOSIGNAL | (is_head ? 0 : MSG_MORE)) == n;
  while (ok && !is_head && at < st.st_size) ok = sendfile(s, file, &at, 1 << 20) > 0;
  close(file);
  return ok;
}

static int answer(int s, const char *request) {
  char name[1024], text[32];
  if (sscanf(request, "%*s %1000s", name) != 1) return 0;
  char *query = strchr(name, '?');
  if (query) *query++ = 0;
  if (!strcmp(name, "/-/rate")) {
    rate = query ? strtoul(query, 0, 10) : 0;
    return send_text(s, 200, "ok\n");
  }
  if (!strcmp(name, "/-/count")) {
    snprintf(text, sizeof text, "%ld\n", (long)count);
    return send_text(s, 200, text);
  }
  count++;
  return send_file(s, name, query, !strncmp(request, "HEAD", 4));
}

static void *serve(void *x) {
  int s = (int)(long)x, on = 1, n = 0;
  char request[16384];
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  for (;;) {
    char *end;
    request[n] = 0;
    while (!(end = strstr(request, "\r\n\r\n"))) {
      ssize_t r = recv(s, request + n, sizeof request - 1 - n, 0);
      if (r <= 0) goto out;
      n += r;
      request[n] = 0;
    }
    *end = 0;
    if (!answer(s, request)) goto out;
    n -= end + 4 - request;
    memmove(request, end + 4, n);
  }
out:
  close(s);
  return 0;
}

int main(int words, char **word) {
  if (words != 3) return 2;
  signal(SIGPIPE, SIG_IGN);
  root = word[2];
  int l = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(word[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(l, (void *)&a, sizeof a) || listen(l, 1024)) {
    perror("origin");
    return 1;
  }
  for (;;) {
    pthread_t thread;
    int s = accept(l, 0, 0);
    if (s < 0) continue;
    if (pthread_create(&thread, 0, serve, (void *)(long)s)) close(s);
    else pthread_detach(thread);
  }
}
