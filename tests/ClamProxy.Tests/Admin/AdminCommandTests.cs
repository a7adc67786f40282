using System.Text.Json;
using ClamProxy.Commands;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Admin;

/// <summary>The commands that ask the admin API.</summary>
public sealed class AdminCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>As a new operator would: why was it refused, release it for a day, refuse it again.</summary>
    [Fact]
    public async Task RefusedFile_IsLookedUpReleasedAndRefusedAgain()
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        world.FindFile();
        await world.GetFileAsync();

        var verdict = await world.RunAsync("verdict", world.Url);
        Assert.Equal(CommandExit.Refused, verdict.ExitCode);
        Assert.StartsWith("infected (Local.Evil.UNOFFICIAL)", verdict.Output, StringComparison.Ordinal);

        var added = await world.RunAsync(
            "waivers", "add", "--sha256", AdminWorld.Sha256, "--until", "1d", "--reason", "false alarm", "--owner", "ada");
        Assert.Equal((0, ""), (added.ExitCode, added.Error));
        Assert.Equal(200, (await world.GetFileAsync()).Status);

        var list = await world.RunAsync("waivers", "list");
        Assert.Contains($"sha256 {AdminWorld.Sha256}  ada  false alarm", list.Output, StringComparison.Ordinal);
        var removed = await world.RunAsync("waivers", "remove", list.Output.Split(' ')[0]);
        Assert.StartsWith("removed: ", removed.Output, StringComparison.Ordinal);
        Assert.Equal(409, (await world.GetFileAsync()).Status);
    }

    [Fact]
    public async Task Commands_DoWhatTheySay()
    {
        await using var world = await AdminWorld.StartAsync(_folder);
        await world.GetFileAsync();

        Assert.Equal(0, (await world.RunAsync("verdict", AdminWorld.Sha256)).ExitCode);
        var status = await world.RunAsync("status");
        Assert.Equal(0, status.ExitCode);
        Assert.StartsWith("ready", status.Output, StringComparison.Ordinal);
        Assert.Contains("working", (await world.RunAsync("scanners", "list")).Output, StringComparison.Ordinal);
        Assert.Contains("passed", (await world.RunAsync("scanners", "canary")).Output, StringComparison.Ordinal);
        var last = await world.RunAsync("scanners", "drain", world.World.Clamd.Endpoint);
        Assert.Equal(CommandExit.Failed, last.ExitCode);
        Assert.StartsWith("409: No other scanner could work then", last.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await world.RunAsync("blocks", "add", "--package", "evil", "--reason", "r")).ExitCode);
        Assert.Contains("package evil", (await world.RunAsync("blocks", "list")).Output, StringComparison.Ordinal);
        Assert.Equal("nothing has changed", (await world.RunAsync("reload")).Output.TrimEnd());
        Assert.Equal("purged: 1 verdicts, 1 files", (await world.RunAsync("purge", world.Url)).Output.TrimEnd());
        Assert.Equal(0, (await world.RunAsync("purge", "--prefix", world.World.Origin.Url + "/packages/")).ExitCode);
        Assert.Equal(CommandExit.Failed, (await world.RunAsync("verdict", world.Url)).ExitCode);
    }

    [Fact]
    public async Task Json_IsTheAnswer()
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        var list = await world.RunAsync("scanners", "list", "--json");

        Assert.Single(JsonSerializer.Deserialize<JsonElement>(list.Output).GetProperty("scanners").EnumerateArray());
    }

    [Theory]
    [InlineData("verdict")]
    [InlineData("verdict", "nonsense")]
    [InlineData("purge")]
    [InlineData("purge", "http://a/b", "--all")]
    [InlineData("waivers")]
    [InlineData("waivers", "add", "--signature", "A")]
    [InlineData("waivers", "burn")]
    [InlineData("scanners", "drain")]
    [InlineData("status", "--nope")]
    [InlineData("config")]
    public async Task WrongArguments_AreSaid(params string[] args)
    {
        await using var world = await AdminWorld.StartAsync(_folder);

        var run = await world.RunAsync(args);

        Assert.Equal(CommandExit.Usage, run.ExitCode);
        Assert.Contains($"clamproxy {args[0]} --help says more", run.Error, StringComparison.Ordinal);
    }
}
