using ClamProxy.Starting;
using ClamProxy.TestKit;

namespace ClamProxy.Tests.Doors.Api;

public sealed class DataPathTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FolderThatCannotBeUsed_EndsTheStartWithOneLineThatNamesIt(bool isNoDatabase)
    {
        using var folder = new TempFolder();
        var path = isNoDatabase ? folder.Path : "/proc/none";
        await File.WriteAllTextAsync(folder.File("jobs.db"), new string('x', 5000), TestContext.Current.CancellationToken);
        var error = new StringWriter();
        var (application, problems) = ProxyApplication.Build(
            [
                "--DOORS=api", $"--DATA_PATH={path}", $"--SPOOL_PATH={folder.Path}", "--API_PORT=0", "--MANAGEMENT_PORT=0",
                "--ClamProxy:Listen:Address=127.0.0.1", "--LOG_LEVEL=None",
            ]);
        Assert.Empty(problems);
        await using var end = application!;

        var exitCode = await StartFailure.GuardAsync(
            async () =>
            {
                await application!.StartAsync(TestContext.Current.CancellationToken);
                return 0;
            },
            error);

        Assert.Equal(78, exitCode);
        Assert.StartsWith($"DATA_PATH={path}: ", error.ToString(), StringComparison.Ordinal);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
    }
}
