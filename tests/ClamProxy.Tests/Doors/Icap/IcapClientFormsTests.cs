using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Icap;

/// <summary>
/// What Nextcloud's and ownCloud's apps send, byte for byte, and how they read what comes back: an infected file is refused, and so is one
/// of which nothing could be found out.
/// </summary>
public sealed class IcapClientFormsTests
{
    private static readonly string Infected = Encoding.Latin1.GetString(Eicar.Bytes);

    public static TheoryData<string> Forms =>
        ["nextcloud-reqmod", "nextcloud-respmod", "nextcloud-respmod-dummy", "owncloud", "owncloud-respmod", "mcafee"];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task InfectedFile_IsReadAsInfected(string form)
    {
        await using var world = await StartAsync();

        var answer = await AskAsync(world, form, Infected);

        Assert.Equal(200, answer.Status);
        Assert.NotNull(answer["X-Infection-Found"]);
        Assert.NotNull(answer["X-Virus-ID"]);
        Assert.NotNull(answer["X-Virus-Name"]);
        Assert.Equal("Encapsulated", answer.Names.Last());

        // What both find where they were set to another field.
        Assert.Contains("403 Forbidden", answer.HttpStatus, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task CleanFile_IsReadAsClean(string form)
    {
        await using var world = await StartAsync();

        var answer = await AskAsync(world, form, "hello");

        // Both take four values from the line, the last of them a word of the reason phrase.
        Assert.Equal("ICAP/1.0 204 No Content", answer.Lines[0]);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task NothingCouldBeScanned_IsReadAsAFailure(string form)
    {
        await using var world = await StartAsync("--ClamProxy:Clamd:ScanWait=1s");
        world.Clamd.Stop();

        var answer = await AskAsync(world, form, "hello");

        Assert.Equal(503, answer.Status);
        Assert.Null(answer["X-Error-Code"]);
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task EncryptedFile_IsReadAsInfected(string form)
    {
        await using var world = await StartAsync();
        world.Clamd.OnContent = (connection, _) => connection.ReplyAsync("stream: Heuristics.Encrypted.Zip FOUND\0");

        var answer = await AskAsync(world, form, "hello");

        Assert.NotNull(answer["X-Infection-Found"]);
        Assert.Contains("403 Forbidden", answer.HttpStatus, StringComparison.Ordinal);
    }

    /// <summary>All their files have one URL: a file that was refused says nothing of the next.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task CleanFileAfterAnInfectedOne_IsClean(string form)
    {
        await using var world = await StartAsync();

        Assert.Equal(200, (await AskAsync(world, form, Infected)).Status);

        Assert.Equal(204, (await AskAsync(world, form, "hello")).Status);
    }

    /// <summary>Nextcloud sends an empty file's last chunk twice.</summary>
    [Theory]
    [InlineData("nextcloud-reqmod")]
    [InlineData("nextcloud-respmod")]
    public async Task EmptyFileOfNextcloud_IsClean(string form)
    {
        await using var world = await StartAsync();
        await using var wire = await IcapWire.ConnectAsync(world);

        await wire.SayAsync(Of(form, "") + "0\r\n\r\n");

        Assert.Equal(204, (await wire.ReadAsync())!.Status);
        Assert.True(await wire.IsClosedAsync());
    }

    private static Task<ProxyWorld> StartAsync(params string[] settings) => ProxyWorld.StartAsync(["--DOORS=proxy,icap", .. settings]);

    private static async Task<IcapAnswer> AskAsync(ProxyWorld world, string form, string file)
    {
        await using var wire = await IcapWire.ConnectAsync(world);
        await wire.SayAsync(Of(form, file));
        var answer = await wire.ReadAsync();
        Assert.NotNull(answer);

        // Both read until the server closes, or close themselves.
        Assert.Equal("close", answer["Connection"]);
        Assert.True(await wire.IsClosedAsync());
        return answer;
    }

    private static string Of(string form, string file) => form switch
    {
        "nextcloud-reqmod" => Nextcloud("REQMOD", "PUT /files/a%20b.bin HTTP/1.0\r\nHost: nextcloud\r\n\r\n", "", file),
        "nextcloud-respmod" => Nextcloud(
            "RESPMOD",
            "GET /files/a%20b.bin HTTP/1.0\r\nHost: nextcloud\r\n\r\n",
            $"HTTP/1.0 200 OK\r\nContent-Length: {file.Length}\r\n\r\n",
            file),
        "nextcloud-respmod-dummy" => Nextcloud(
            "RESPMOD", "GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", file),
        "owncloud" => OwnCloud("REQMOD", "req-hdr=0, req-body=", "PUT / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", "", "", file),
        "owncloud-respmod" => OwnCloud("RESPMOD", "res-hdr=0, res-body=", "PUT / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", "", "", file),
        "mcafee" => OwnCloud(
            "RESPMOD",
            "res-hdr=0, res-body=",
            $"GET http://localhost/ HTTP/1.1\r\nDNT: 1\r\nX-Client-IP: 127.0.1.1\r\nContent-Length: {file.Length}\r\n\r\n",
            "X-Client-IP: 127.0.1.1\r\n",
            ", req-hdr=1234",
            file),
        _ => throw new ArgumentOutOfRangeException(nameof(form), form, null),
    };

    private static string Nextcloud(string method, string request, string answer, string file) =>
        $"{method} icap://127.0.0.1/avscan ICAP/1.0\r\nAllow: 204\r\nX-Client-IP: \r\nEncapsulated: req-hdr=0, "
        + (answer.Length == 0 ? $"req-body={request.Length}" : $"res-hdr={request.Length}, res-body={request.Length + answer.Length}")
        + "\r\nTransfer-Encoding: chunked\r\nHost: 127.0.0.1\r\nUser-Agent: NC-ICAP-CLIENT\r\nConnection: close\r\n\r\n"
        + $"{request}{answer}{IcapWire.Chunk(file)}0\r\n\r\n";

    private static string OwnCloud(string method, string parts, string head, string fields, string more, string file) =>
        $"{method} icap://127.0.0.1/avscan ICAP/1.0\r\n{fields}Allow: 204\r\nHost: 127.0.0.1\r\nUser-Agent: ownCloud-icap-client/0.1.0\r\n"
        + $"Connection: close\r\nEncapsulated: {parts}{head.Length}{more}\r\n\r\n{head}{IcapWire.Chunk(file)}0\r\n\r\n";
}
