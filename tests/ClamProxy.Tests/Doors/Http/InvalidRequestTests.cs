using System.Text.Json;

namespace ClamProxy.Tests.Doors.Http;

/// <summary>Requests that are not valid HTTP, which the server refuses before the door sees them.</summary>
public sealed class InvalidRequestTests
{
    private const string Host = "Host: x\r\n";

    public static TheoryData<string, int, string> Requests => new()
    {
        { "nonsense\r\n\r\n", 400, "bad-request" },
        { "GET / HTTP/1.1\r\n\r\n", 400, "bad-request" },
        { "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "bad-request" },
        { $"GET / HTTP/1.1\r\n{Host}Host: y\r\n\r\n", 400, "bad-request" },
        { $"GET / HTTP/1.1\r\n{Host}na me: y\r\n\r\n", 400, "bad-request" },
        { $"GET / HTTP/1.1\r\n{Host}X: \0\r\n\r\n", 400, "bad-request" },
        { $"GET / HTTP/1.1\r\n{Host}Content-Length: a\r\n\r\n", 400, "bad-request" },
        { $"GET / HTTP/7.0\r\n{Host}\r\n", 505, "http-version" },
        { $"GET /{new string('a', 40_000)} HTTP/1.1\r\n{Host}\r\n", 414, "target-too-long" },
        { $"GET / HTTP/1.1\r\n{Host}X: {new string('a', 200_000)}\r\n\r\n", 431, "fields-too-large" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Refusal_HasAProblemAndClosesTheConnection(string request, int status, string kind)
    {
        await using var world = await ProxyWorld.StartAsync();

        AssertProblem(await Wire.AskAsync(world, request), status, kind);
    }

    [Fact]
    public async Task InvalidRequestBehindAGoodOne_HasItsProblemBehindTheGoodAnswer()
    {
        await using var world = await ProxyWorld.StartAsync();
        world.Origin.On("/a", "text"u8.ToArray());

        var answers = await Wire.AskAsync(
            world, $"GET /a HTTP/1.1\r\n{Host}Download-From: {world.Origin.Url}\r\n\r\nnonsense\r\n\r\n");

        var second = answers.IndexOf("HTTP/1.1 400", StringComparison.Ordinal);
        Assert.EndsWith("text", answers[..second], StringComparison.Ordinal);
        AssertProblem(answers[second..], 400, "bad-request");
    }

    [Fact]
    public async Task Head_HasNoBody()
    {
        await using var world = await ProxyWorld.StartAsync();

        var answer = await Wire.AskAsync(world, $"HEAD / HTTP/1.1\r\n{Host}X: \0\r\n\r\n");

        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    private static void AssertProblem(string answer, int status, string kind)
    {
        var (head, body) = (answer.Split("\r\n\r\n")[0], answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/problem+json", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nContent-Length: {body.Length}", head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close", head, StringComparison.Ordinal);
        using var problem = JsonDocument.Parse(body);
        Assert.Equal($"urn:clamproxy:problem:{kind}", problem.RootElement.GetProperty("type").GetString());
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
    }
}
