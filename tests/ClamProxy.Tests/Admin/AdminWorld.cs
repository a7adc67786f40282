using System.Text;
using System.Text.Json;
using ClamProxy.Admin.Commands;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Admin;

/// <summary>A host with a store and a folder for its data, asked by the admin API.</summary>
internal sealed class AdminWorld : IAsyncDisposable
{
    public const string File = "/packages/evil-1.2.3.tar.gz";

    public const string Found = "stream: Local.Evil.UNOFFICIAL FOUND\0";

    private AdminWorld(ProxyWorld world) => World = world;

    public static byte[] Content { get; } = RandomBody.Of(20_000);

    public static string Sha256 { get; } = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Content));

    public ProxyWorld World { get; }

    public string Url => World.Origin.Url + File;

    public static async Task<AdminWorld> StartAsync(TempFolder folder, params string[] settings)
    {
        var world = new AdminWorld(await ProxyWorld.StartAsync(
        [
            $"--STORE_PATH={folder.File("store")}", $"--DATA_PATH={folder.File("data")}", "--ClamProxy:Gate:RescanInterval=0", .. settings,
        ]));
        world.World.Origin.On(File, Content);
        return world;
    }

    public Task<Reply> GetFileAsync() => World.GetAsync(File, cacheScan: true);

    public void FindFile() => World.Clamd.OnContent = (connection, _) => connection.ReplyAsync(Found);

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Reply> PostAsync(string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, json, headers);

    public async Task<Reply> SendAsync(HttpMethod method, string path, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri("/admin/v1" + path, UriKind.Relative));
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await World.Management.SendAsync(request, TestContext.Current.CancellationToken);
        return await Reply.ReadAsync(answer);
    }

    public static JsonElement Json(Reply reply) => JsonSerializer.Deserialize<JsonElement>(reply.Body);

    /// <summary>Runs a command of <c>clamproxy</c> against this host.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exitCode = await AdminCommand.RunAsync(
            [.. args, "--management", World.Management.BaseAddress!.ToString()], output, error);
        return (exitCode, output.ToString(), error.ToString());
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
