using System.Net.Sockets;
using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http;

public sealed class RawTargetTests
{
    public static TheoryData<string, string, string> Targets => new()
    {
        { "", "/%2B", "/%2B" },
        { "", "/a%2Fb", "/a%2Fb" },
        { "", "/a?x=%20", "/a?x=%20" },
        { "", "//evil/x", "//evil/x" },
        { "", "/a//b;v=1/c", "/a//b;v=1/c" },
        { "", "/caf%C3%A9/%E2%82%AC?%ff", "/caf%C3%A9/%E2%82%AC?%ff" },
        { "", "/a/../b/./%2e/c", "/a/../b/./%2e/c" },
        { "", "/!$&'()*+,;=:@~-._?/?!$'|^`{}[]\"<>", "/!$&'()*+,;=:@~-._?/?!$'|^`{}[]\"<>" },
        { "", "/%zz%", "/%zz%" },
        { "", "/?", "/?" },
        { "", "/q?" + new string('q', 4096), "/q?" + new string('q', 4096) },
        { "/base/", "/x", "/base/x" },
        { "/b%61se/", "/x", "/b%61se/x" },
        { "/base//", "/x", "/base//x" },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public async Task PathAndQuery_ReachUpstreamByteForByte(string basePath, string sent, string expected)
    {
        await using var origin = RawOrigin.Saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        await using var world = await ProxyWorld.StartAsync();
        foreach (var method in new[] { "GET", "HEAD" })
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", world.Client.BaseAddress!.Port);
            await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(
                $"{method} {sent} HTTP/1.1\r\nHost: proxy\r\nDownload-From: {origin.Url}{basePath}\r\nConnection: close\r\n\r\n"));
            using var reader = new StreamReader(client.GetStream());
            Assert.StartsWith(
                "HTTP/1.1 200 OK", await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20)), StringComparison.Ordinal);
        }

        Assert.Equal(
            [$"GET {expected} HTTP/1.1", $"HEAD {expected} HTTP/1.1"], origin.Requests.Select(request => request.Split("\r\n")[0]));
    }
}
