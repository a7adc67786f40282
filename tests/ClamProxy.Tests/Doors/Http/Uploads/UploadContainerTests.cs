using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Http.Uploads;

/// <summary>Bodies that a file is inside of: it is scanned as the registry will have it.</summary>
public sealed class UploadContainerTests
{
    private static readonly byte[] Package = RandomBody.Of(150_000);
    private static readonly byte[] Infected = RandomBody.Of(5_000);

    [Fact]
    public async Task FormOfTwine_HasItsFileScanned()
    {
        await using var world = await UploadWorld.StartAsync();

        var reply = await PostFormAsync(world, Package);

        Assert.Equal(201, reply.Status);
        Assert.Contains(world.Proxy.Clamd.Contents, content => content.AsSpan().SequenceEqual(Package));
    }

    [Fact]
    public async Task FormWithInfectedFile_IsRefused()
    {
        await using var world = await UploadWorld.StartAsync();
        OnlyAsAFile(world);

        world.AssertRefused(await PostFormAsync(world, Infected), "infected");
    }

    [Fact]
    public async Task FormWithTooManyParts_IsRefused()
    {
        await using var world = await UploadWorld.StartAsync("--ClamProxy:Uploads:MaxParts=2");

        world.AssertRefused(await PostFormAsync(world, Package), "unscannable");
    }

    [Fact]
    public async Task PublishOfNpm_HasItsTarballScanned()
    {
        await using var world = await UploadWorld.StartAsync();
        var body = NpmBody(Convert.ToBase64String(Package));

        var reply = await world.PutAsync("/up/greeter", body, "application/json");

        Assert.Equal(201, reply.Status);
        Assert.Equal(body, Assert.Single(world.Received));
        Assert.Contains(world.Proxy.Clamd.Contents, content => content.AsSpan().SequenceEqual(Package));
    }

    public static TheoryData<string, string?> Disguises()
    {
        var plain = Convert.ToBase64String(Eicar.Bytes);
        return new()
        {
            { Npm(plain), "application/json" },
            { Npm(plain), null },
            { Npm(plain), "text/plain" },
            { "\uFEFF" + Npm(plain), "application/json" },
            { Npm(plain).Replace("_attachments", "\\u005fattachments"), "application/json" },
            { Npm(plain).Replace("\"data\"", "\"d\\u0061ta\""), "application/json" },
            { Npm(string.Concat(plain.Select(letter => $"\\u{(int)letter:x4}"))), "application/json" },
            { Npm(plain.Replace('+', '-').Replace('/', '_').TrimEnd('=')), "application/json" },
            { Npm("{" + plain), "application/json" },
            // Of two members with one name some readers take the first, some the last.
            { Npm(plain)[..^1] + ",\"_attachments\":{}}", "application/json" },
            { "{\"_attachments\":{}," + Npm(plain)[1..], "application/json" },
        };
    }

    [Theory]
    [MemberData(nameof(Disguises))]
    public async Task InfectedTarball_IsFoundInEveryDisguise(string body, string? type)
    {
        await using var world = await UploadWorld.StartAsync();

        world.AssertRefused(await world.PutAsync("/up/greeter", Encoding.UTF8.GetBytes(body), type), "infected");
    }

    [Fact]
    public async Task InfectedTarballInACompressedBody_IsFound()
    {
        await using var world = await UploadWorld.StartAsync();
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(NpmBody(Convert.ToBase64String(Eicar.Bytes)));
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", "gzip");

        world.AssertRefused(await world.SendAsync(HttpMethod.Put, "/up/greeter", content), "infected");
    }

    [Theory]
    [InlineData("{'_attachments':{'a':{'data':'QUJD'}}}")]
    [InlineData("{\"_attachments\":{\"a\":{\"data\":\"QUJD\"}}")]
    [InlineData("{/* */\"_attachments\":{}}")]
    [InlineData("{} {}")]
    [InlineData("not json")]
    [InlineData("{\"_attachments\":{\"a\":{\"data\":\"QU*JD\"}}}")]
    [InlineData("{\"_attachments\":{\"a\":{\"data\":\"QUJD=QUJD\"}}}")]
    public async Task JsonThatReadersTakeDifferently_IsRefused(string body)
    {
        await using var world = await UploadWorld.StartAsync();

        world.AssertRefused(await world.PutAsync("/up/greeter", Encoding.UTF8.GetBytes(body), "application/json"), "unscannable");
    }

    [Theory]
    [InlineData("{'a': 1}", "text/plain")]
    [InlineData("{\"_attachments\":{\"a.sigstore\":{\"data\":\"{\\\"media\\\":\\\"\\u00e9=\\\"}\"}}}", "application/json")]
    [InlineData("{\"lodash\":[\"4.17.21\"],\"n\":[1,-2.5e3,true,null,{}],\"e\":[]}", "application/json")]
    [InlineData("[]", "application/json")]
    public async Task OtherText_Passes(string body, string type)
    {
        await using var world = await UploadWorld.StartAsync();

        Assert.Equal(201, (await world.PutAsync("/up/greeter", Encoding.UTF8.GetBytes(body), type)).Status);
    }

    [Fact]
    public async Task PublishOfCargo_HasItsCrateScanned()
    {
        await using var world = await UploadWorld.StartAsync();
        OnlyAsAFile(world);

        Assert.Equal(201, (await world.PutAsync("/up/api/v1/crates/new", CargoBody(Package))).Status);
        Assert.Contains(world.Proxy.Clamd.Contents, content => content.AsSpan().SequenceEqual(Package));
        Assert.Equal(409, (await world.PutAsync("/up/api/v1/crates/new", CargoBody(Infected))).Status);
        Assert.Single(world.Origin.Requests);
    }

    /// <summary>Its signature is of the whole file, as the official databases' are: not found with anything around it.</summary>
    private static void OnlyAsAFile(UploadWorld world) => world.Proxy.Clamd.OnContent = (connection, content) =>
        connection.ReplyAsync(content.AsSpan().SequenceEqual(Infected) ? "stream: Test-Signature FOUND\0" : "stream: OK\0");

    private static async Task<Reply> PostFormAsync(UploadWorld world, byte[] file)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("file_upload"), ":action" },
            { new StringContent("greeter"), "name" },
            { new ByteArrayContent(file), "content", "greeter-1.0.0-py3-none-any.whl" },
        };
        return await world.SendAsync(HttpMethod.Post, "/up/legacy/", form);
    }

    private static byte[] NpmBody(string data) => Encoding.UTF8.GetBytes(Npm(data));

    private static string Npm(string data) =>
        "{\"_id\":\"greeter\",\"name\":\"greeter\",\"versions\":{\"1.0.0\":{\"dist\":{\"shasum\":\"0\"}}},"
        + "\"_attachments\":{\"greeter-1.0.0.tgz\":{\"content_type\":\"application/octet-stream\",\"data\":\"" + data
        + "\",\"length\":9}}}";

    private static byte[] CargoBody(byte[] crate)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string> { ["name"] = "greeter", ["vers"] = "1.0.0" });
        return [.. BitConverter.GetBytes(json.Length), .. json, .. BitConverter.GetBytes(crate.Length), .. crate];
    }
}
