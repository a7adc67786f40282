using System.Net.Sockets;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http.Uploads;

/// <summary>What a body is asked for, and how often it is sent, as seen on the wire.</summary>
public sealed class UploadWireTests
{
    private const string AskingFirst = "PUT /up/file HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("PATCH", "", "405")]
    [InlineData("PUT", "Content-Length: 999999999999\r\n", "413")]
    public async Task RefusedRequest_IsNotAskedForItsBody(string method, string length, string status)
    {
        await using var world = await UploadWorld.StartAsync("--MAX_FILE_SIZE=1M");
        using var client = await Wire.ConnectAsync(world.Proxy.Addresses[0]);
        await SayAsync(
            client,
            $"{method} /up/file HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\n"
                + $"{(length.Length > 0 ? length : "Content-Length: 10\r\n")}\r\n");

        Assert.StartsWith($"HTTP/1.1 {status} ", await Wire.ReadToEndAsync(client));
    }

    [Fact]
    public async Task ClientWithoutCredentials_IsNotAskedForItsBody()
    {
        await using var world = await UploadWorld.StartAsync("--PROXY_CREDENTIALS=ci:sha256:" + new string('0', 64));
        using var client = await Wire.ConnectAsync(world.Proxy.Addresses[0]);
        await SayAsync(client, $"{AskingFirst}Content-Length: 9\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 401 ", await Wire.ReadToEndAsync(client));
    }

    [Fact]
    public async Task AdmittedRequest_IsAskedForItsBody()
    {
        await using var world = await UploadWorld.StartAsync();
        using var client = await Wire.ConnectAsync(world.Proxy.Addresses[0]);
        await SayAsync(client, $"{AskingFirst}Content-Length: 5\r\n\r\n");
        const string Continue = "HTTP/1.1 100 Continue\r\n\r\n";
        var interim = new byte[Continue.Length];
        await client.GetStream().ReadExactlyAsync(interim);

        await SayAsync(client, "hello");

        Assert.Equal(Continue, Encoding.ASCII.GetString(interim));
        Assert.StartsWith("HTTP/1.1 201 ", await Wire.ReadToEndAsync(client));
        Assert.Equal("hello"u8.ToArray(), Assert.Single(world.Received));
    }

    [Fact]
    public async Task BodyThatBreaksOff_NeverReachesUpstream()
    {
        await using var world = await UploadWorld.StartAsync();
        using (var client = await Wire.ConnectAsync(world.Proxy.Addresses[0]))
        {
            await SayAsync(client, "PUT /up/file HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf of it");
        }

        await world.Proxy.WaitForMetricAsync("clamproxy_uploads_requests_total", 1);
        Assert.Empty(world.Origin.Requests);
        Assert.Empty(world.Proxy.Clamd.Contents);
    }

    [Fact]
    public async Task ClientThatLeavesWhileItsBodyIsScanned_HasNothingSentUpstream()
    {
        await using var world = await UploadWorld.StartAsync();
        var (scanned, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        world.Proxy.Clamd.OnContent = async (connection, _) =>
        {
            scanned.TrySetResult();
            await left.Task;
            await connection.ReplyAsync("stream: OK\0");
        };
        using (var client = await Wire.ConnectAsync(world.Proxy.Addresses[0]))
        {
            await SayAsync(client, "PUT /up/file HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
            await scanned.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }

        await world.Proxy.WaitForMetricAsync("clamproxy_uploads_requests_total", 1);
        left.SetResult();
        Assert.Equal(201, (await world.PutAsync("/up/next", "next"u8.ToArray())).Status);
        Assert.Equal("/next", Assert.Single(world.Origin.Requests).Target);
    }

    [Theory]
    [InlineData(false, 201)]
    [InlineData(true, 409)]
    public async Task Http2_IsTheSame(bool isInfected, int status)
    {
        await using var world = await UploadWorld.StartAsync("--Kestrel:EndpointDefaults:Protocols=Http2");
        var body = isInfected ? Eicar.Bytes : RandomBody.Of(200_000);
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri("/up/file", UriKind.Relative))
        {
            Version = System.Net.HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };

        var reply = await world.Proxy.SendAsync(request);

        Assert.Equal(status, reply.Status);
        Assert.Equal(isInfected ? [] : [body], world.Received);
    }

    [Fact]
    public async Task UpstreamThatBreaksAfterTheBody_GetsItOnce()
    {
        var bodies = 0;
        await using var origin = new RawOrigin(async conversation =>
        {
            if (conversation.Number == 1)
            {
                // The connection is kept, and closes when the second request has come by it.
                await conversation.SayAsync(Ok);
                await ReadUntilAsync(conversation.Socket, "body-of-two");
            }

            Interlocked.Increment(ref bodies);
        });
        await using var world = await UploadWorld.StartAsync(
            "--ClamProxy:Routes:raw:Path=/raw", $"--ClamProxy:Routes:raw:Upstream={origin.Url}/", "--ClamProxy:Routes:raw:Methods=GET,PUT");

        Assert.Equal(200, (await world.Proxy.GetAsync("/raw/a")).Status);
        var reply = await world.PutAsync("/raw/b", "body-of-two"u8.ToArray());

        Assert.Equal(502, reply.Status);
        Assert.Equal(1, bodies);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task UpstreamThatBreaksAfterARequestWithoutABody_GetsItOnce()
    {
        await using var origin = new RawOrigin(async conversation =>
        {
            if (conversation.Number == 1)
            {
                await conversation.SayAsync(Ok);
                await ReadUntilAsync(conversation.Socket, "\r\n\r\n");
            }
        });
        await using var world = await UploadWorld.StartAsync(
            "--ClamProxy:Routes:raw:Path=/raw", $"--ClamProxy:Routes:raw:Upstream={origin.Url}/",
            "--ClamProxy:Routes:raw:Methods=GET,DELETE");

        Assert.Equal(200, (await world.Proxy.GetAsync("/raw/a")).Status);
        var reply = await world.SendAsync(HttpMethod.Delete, "/raw/b", null);

        Assert.Equal(502, reply.Status);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task UpstreamThatAnswersBeforeALongBody_IsHeard()
    {
        await using var origin = new RawOrigin(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 5\r\n\r\nlogin");
        });
        await using var world = await UploadWorld.StartAsync(
            "--ClamProxy:Routes:raw:Path=/raw", $"--ClamProxy:Routes:raw:Upstream={origin.Url}/", "--ClamProxy:Routes:raw:Methods=PUT");

        var reply = await world.PutAsync("/raw/b", RandomBody.Of(30_000_000));

        Assert.Equal((401, "login"), (reply.Status, Encoding.ASCII.GetString(reply.Body)));
        Assert.Contains("Expect: 100-continue", Assert.Single(origin.Requests));
    }

    [Fact]
    public async Task UpstreamThatWantsNoAnnouncement_GetsTheBodyWithoutOne()
    {
        await using var world = await UploadWorld.StartAsync();
        world.Origin.On("/file", context =>
        {
            if (context.Request.Headers.Expect.Count == 0)
            {
                return world.TakeAsync(context);
            }

            context.Response.StatusCode = 417;
            return Task.CompletedTask;
        });
        var body = RandomBody.Of(2_000_000);

        Assert.Equal(201, (await world.PutAsync("/up/file", body)).Status);
        Assert.Equal(body, Assert.Single(world.Received));
    }

    [Fact]
    public async Task UpstreamThatIsAway_Is502AndLaterTried()
    {
        await using var world = await UploadWorld.StartAsync(
            "--ClamProxy:Routes:away:Path=/away", $"--ClamProxy:Routes:away:Upstream=http://127.0.0.1:{FreePort.Next()}/",
            "--ClamProxy:Routes:away:Methods=PUT");

        var reply = await world.PutAsync("/away/b", "body"u8.ToArray());

        Assert.Equal(502, reply.Status);
        Assert.Equal(2, await world.Proxy.MetricAsync("clamproxy_download_retries_total"));
    }

    [Fact]
    public async Task SilentUpstream_IsGivenUpAfterTheTimeOfAnswers()
    {
        await using var origin = new RawOrigin(conversation => conversation.HangAsync());
        await using var world = await UploadWorld.StartAsync(
            "--ClamProxy:Routes:raw:Path=/raw", $"--ClamProxy:Routes:raw:Upstream={origin.Url}/", "--ClamProxy:Routes:raw:Methods=DELETE",
            "--ClamProxy:Uploads:AnswerTimeout=3s", "--ClamProxy:Download:HeaderTimeout=00:59:00");

        Assert.Equal(504, (await world.SendAsync(HttpMethod.Delete, "/raw/b", null)).Status);
        Assert.Single(origin.Requests);
    }

    private static ValueTask SayAsync(TcpClient client, string text) => client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));

    private static async Task ReadUntilAsync(Socket socket, string end)
    {
        var (read, buffer) = (new StringBuilder(), new byte[4096]);
        while (!read.ToString().EndsWith(end, StringComparison.Ordinal)
            && await socket.ReceiveAsync(buffer) is var count and > 0)
        {
            read.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
    }
}
