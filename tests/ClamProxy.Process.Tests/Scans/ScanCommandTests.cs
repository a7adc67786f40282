using System.Text.Json;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Scans;

/// <summary><c>clamproxy scan</c> as people and scripts run it: a process of its own, a real clamd, no server.</summary>
public sealed class ScanCommandTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private readonly TempFolder _folder = new();
    private ClamdProcess _clamd = null!;

    public async ValueTask InitializeAsync()
    {
        _clamd = await ClamdProcess.StartAsync();
        Directory.CreateDirectory(_folder.File("in"));
        await File.WriteAllBytesAsync(_folder.File("in/bad.com"), Eicar.Bytes);
        await File.WriteAllTextAsync(_folder.File("good.txt"), "fine");
    }

    public async ValueTask DisposeAsync()
    {
        await _clamd.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Folder_IsScannedWithoutAServer()
    {
        var (exit, output) = await ScanAsync($"scan '{_folder.Path}'");

        Assert.True(exit == 1, output);
        Assert.Contains($"clean: {_folder.File("good.txt")}", output, StringComparison.Ordinal);
        Assert.Contains($"infected: {_folder.File("in/bad.com")} (Eicar-Test-Signature", output, StringComparison.Ordinal);
        Assert.Contains("2 files, 72 B: 1 clean, 1 refused, 0 failed", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StandardInput_IsScanned()
    {
        var (cleanExit, clean) = await ScanAsync("scan -", $"cat '{_folder.File("good.txt")}' | ");
        var (badExit, bad) = await ScanAsync("scan --json -", $"cat '{_folder.File("in/bad.com")}' | ");

        Assert.True(cleanExit == 0, clean);
        Assert.True(badExit == 1, bad);
        var line = JsonSerializer.Deserialize<JsonElement>(bad);
        Assert.Equal(("-", "refused"), (line.GetProperty("file").GetString(), line.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task Url_IsFetchedByTheProxysRules()
    {
        await using var origin = await FakeOrigin.StartAsync();
        origin.On("/good", "fine"u8.ToArray());
        origin.On("/bad", Eicar.Bytes);

        var (allowedExit, allowed) = await ScanAsync($"scan {origin.Url}/good {origin.Url}/bad", allowed: "127.0.0.1");
        var (refusedExit, refused) = await ScanAsync($"scan {origin.Url}/good");

        Assert.True(allowedExit == 1, allowed);
        Assert.Contains($"clean: {origin.Url}/good", allowed, StringComparison.Ordinal);
        Assert.Contains($"infected: {origin.Url}/bad (Eicar-Test-Signature", allowed, StringComparison.Ordinal);
        Assert.True(refusedExit == 2, refused);
        Assert.Contains("ALLOWED_UPSTREAMS", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCannotBeScanned_EndsWithTwo()
    {
        var (missingExit, missing) = await ScanAsync($"scan '{_folder.File("none")}'");
        var (awayExit, away) = await ScanAsync($"scan '{_folder.File("good.txt")}'", clamd: "unix:///nowhere/clamd.sock");
        var (wrongExit, wrong) = await ScanAsync($"scan '{_folder.File("good.txt")}'", clamd: "ftp://x");

        Assert.True(missingExit == 2, missing);
        Assert.True(awayExit == 2, away);
        Assert.Contains("0 clean, 0 refused, 1 failed", away, StringComparison.Ordinal);
        Assert.True(wrongExit == 78, wrong);
        Assert.Contains("CLAMD_HOSTS", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_AreNotReadFromTheFolderThatIsScanned()
    {
        await File.WriteAllTextAsync(
            _folder.File("appsettings.json"), """{ "ClamProxy": { "Policies": { "Encrypted": "everything" } } }""");

        var (exit, output) = await ScanAsync("scan good.txt", $"cd '{_folder.Path}' && ");

        Assert.True(exit == 0, output);
    }

    [Fact]
    public async Task Terminal_HasATableAndNoEscapesOfFileNames()
    {
        await File.WriteAllTextAsync(_folder.File("\u001b[2J"), "x");
        var command = $"{ProxyProgram.Tested.Line} scan {_folder.Path}";

        var (_, output) = await ShellAsync($"script --quiet --command '{command}' /dev/null", _clamd.UnixEndpoint, "");

        Assert.Contains("Eicar-Test-Signature", output, StringComparison.Ordinal);
        Assert.Contains("3 files, 73 B: 2 clean, 1 refused, 0 failed", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", output, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output)> ScanAsync(
        string arguments, string before = "", string? clamd = null, string allowed = "") =>
        ShellAsync(
            $"{before}{ProxyProgram.Tested.Line} {arguments}", clamd ?? _clamd.UnixEndpoint, allowed);

    private static async Task<(int ExitCode, string Output)> ShellAsync(string line, string clamd, string allowed)
    {
        await using var shell = ServerProcess.Start(
            "bash", ["-c", line], new Dictionary<string, string> { ["CLAMD_HOSTS"] = clamd, ["ALLOWED_UPSTREAMS"] = allowed });
        using var limit = new CancellationTokenSource(Limit);
        await shell.WaitForExitAsync(limit.Token);
        return (shell.ExitCode, shell.Log);
    }
}
