using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>The store of the image, which cannot know whether its folder may be written to.</summary>
public sealed class DefaultStoreTests
{
    private const string Variable = "STORE_PATH_DEFAULT";

    [Fact]
    public void Image_NamesItsOwnFolder()
    {
        var image = File.ReadAllText(Repository.File("Dockerfile"));
        Assert.Contains($"    {Variable}=/var/lib/clamproxy \\\n", image, StringComparison.Ordinal);
        Assert.Contains("mkdir --parents /var/lib/clamproxy && chown", image, StringComparison.Ordinal);
        Assert.DoesNotContain(" STORE_PATH=", image, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderThatCanBeWrittenTo_IsTheStore()
    {
        using var folder = new TempFolder();
        await using var proxy = await StartAsync(new() { [Variable] = folder.File("store") });

        Assert.Contains($"Clean files are kept in {folder.File("store")}", proxy.Log, StringComparison.Ordinal);
        Assert.True(Directory.Exists(folder.File("store/spool")));
    }

    [Fact]
    public async Task FolderThatCannotBeWrittenTo_IsToldLoudlyAndThereIsNoStore()
    {
        await using var proxy = await StartAsync(new() { [Variable] = "/proc/clamproxy" });

        Assert.Contains("NO STORE: /proc/clamproxy", proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Clean files are kept", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderThatWasAskedFor_WinsAndHasToBeUsable()
    {
        using var folder = new TempFolder();
        await using (var proxy = await StartAsync(new() { [Variable] = folder.File("default"), ["STORE_PATH"] = folder.File("own") }))
        {
            Assert.Contains($"Clean files are kept in {folder.File("own")}", proxy.Log, StringComparison.Ordinal);
            Assert.False(Directory.Exists(folder.File("default")));
        }

        await using var process = ProxyProgram.Tested.Run(
            [],
            new Dictionary<string, string> { [Variable] = folder.File("default"), ["STORE_PATH"] = "/proc/clamproxy" });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        Assert.Equal(78, process.ExitCode);
        Assert.StartsWith("STORE_PATH=/proc/clamproxy: takes ", Assert.Single(process.Log.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private static Task<ProxyProcess> StartAsync(Dictionary<string, string> variables) =>
        ProxyProcess.StartAsync(variables, waitUntilReady: false);
}
