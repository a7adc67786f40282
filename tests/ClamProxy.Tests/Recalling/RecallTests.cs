using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClamProxy.Commands;
using ClamProxy.Recalling;
using ClamProxy.TestKit;
using ClamProxy.Tests.Forgetting;
using ClamProxy.Tests.Tracking;
using Microsoft.Extensions.Logging;

namespace ClamProxy.Tests.Recalling;

/// <summary>A content that was delivered turns out infected: who took it is said, and can be asked.</summary>
public sealed class RecallTests : IDisposable
{
    private const int Event = 9100;
    private static readonly string Sha256 = Recalls.Hash(ForgettingWorld.Content);

    private readonly TempFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task StoredFileTurnsBad_NamesItsClientsOnce()
    {
        await using var world = await StartAsync("--LOG_LEVEL=Warning");
        using var log = EntryList.Of(world.World);
        world.FindFile();

        await world.PostAsync("/rescan", "{}");
        await world.IsRefusedAsync();

        var line = await log.OfAsync(Event);
        Assert.Contains($"Local.Evil.UNOFFICIAL, sha256 {Sha256}: one client took it since ", line.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1 {world.World.Origin.Url}{ForgettingWorld.File} ", line.Message, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Warning, line.Level);
        Assert.Equal(1, await world.World.MetricAsync("clamproxy_deliveries_detections_total"));
    }

    [Fact]
    public async Task NewScanElsewhere_NamesThoseWhoTookTheSameBytes()
    {
        await using var world = await StartAsync("--LOG_LEVEL=Warning");
        using var log = EntryList.Of(world.World);
        world.FindFile();
        world.World.Origin.On("/elsewhere", ForgettingWorld.Content);

        Assert.Equal(409, (await world.World.GetAsync("/elsewhere")).Status);

        Assert.Contains(ForgettingWorld.File, (await log.OfAsync(Event)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_TellsWhoTookIt()
    {
        await using var world = await StartAsync();

        Assert.Equal(CommandExit.Refused, await RunAsync(world, Sha256.ToUpperInvariant()));

        var lines = _output.ToString().TrimEnd().Split('\n');
        Assert.Equal("1 client:", lines[0]);
        Assert.Matches(
            $@"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ  127\.0\.0\.1  -  proxy  clean  2x  40000 bytes  "
                + $@"{world.World.Origin.Url}{ForgettingWorld.File}  [0-9a-f]{{32}}$",
            lines[1]);
    }

    [Fact]
    public async Task Command_AsJson_HasTheDetection()
    {
        await using var world = await StartAsync("--LOG_LEVEL=Warning");
        using var log = EntryList.Of(world.World);
        world.FindFile();
        await world.PostAsync("/rescan", "{}");
        await world.IsRefusedAsync();
        await log.OfAsync(Event);

        Assert.Equal(CommandExit.Refused, await RunAsync(world, Sha256, "--json"));

        var answer = JsonSerializer.Deserialize<JsonElement>(_output.ToString());
        Assert.Equal(("Local.Evil.UNOFFICIAL", 1, 1), (
            answer.GetProperty("signature").GetString(), answer.GetProperty("clients").GetInt32(), answer.GetProperty("rows").GetInt32()));
        Assert.True(answer.GetProperty("detectedAt").TryGetDateTimeOffset(out _));
    }

    [Fact]
    public async Task ContentThatNobodyTook_IsSaidSo()
    {
        await using var world = await StartAsync();

        Assert.Equal(CommandExit.Clean, await RunAsync(world, new string('0', 64)));

        Assert.StartsWith("Nobody took it", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"sha256": "short"}""", 400)]
    [InlineData("""{"sha256": 1}""", 400)]
    [InlineData("""{"sha256": "x", "also": 1}""", 400)]
    [InlineData("{}", 400)]
    [InlineData("[]", 400)]
    public async Task WrongQuestion_IsRefused(string json, int status)
    {
        await using var world = await ProxyWorld.StartAsync($"--RECORD_PATH={_folder.File("record")}");

        Assert.Equal(status, (await Recalls.PostAsync(world, json)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("a", "b")]
    public async Task WrongArguments_AreSaid(params string[] args)
    {
        Assert.Equal(CommandExit.Usage, await RecallCommand.RunAsync(args, _output, _error));

        Assert.Contains("clamproxy recall --help says more", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoRecord_IsSaid()
    {
        await using var world = await ForgettingWorld.StartAsync(_folder);

        Assert.Equal(CommandExit.Failed, await RunAsync(world, Sha256));

        Assert.Contains("409: there is no record of deliveries here: set RECORD_PATH", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Question_NeedsTheCredentialsOfManagement()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("token")));
        await using var world = await ProxyWorld.StartAsync(
            $"--RECORD_PATH={_folder.File("record")}", $"--MANAGEMENT_CREDENTIALS=ops:sha256:{hash}");

        Assert.Equal(401, (await Recalls.PostAsync(world, $"{{\"sha256\": \"{Sha256}\"}}")).Status);
    }

    /// <summary>With the two deliveries that it begins with in the record.</summary>
    private async Task<ForgettingWorld> StartAsync(params string[] settings)
    {
        var world = await ForgettingWorld.StartAsync(_folder, [$"--RECORD_PATH={_folder.File("record")}", .. settings]);
        await Recalls.RowsAsync(world.World, ForgettingWorld.Content, 2);
        return world;
    }

    private Task<int> RunAsync(ForgettingWorld world, params string[] args) =>
        RecallCommand.RunAsync([.. args, "--management", world.World.Management.BaseAddress!.ToString()], _output, _error);
}
