using ClamProxy.Core.Jobs;
using ClamProxy.Core.Jobs.Doors;

namespace ClamProxy.Core.Tests.Jobs.Doors;

public sealed class PriorityHostsTests
{
    [Theory]
    [InlineData("https://files.example.com/a/b.zip", JobPriority.High)]
    [InlineData("https://FILES.example.com.:8443/", JobPriority.High)]
    [InlineData("http://a.example.org/", JobPriority.High)]
    [InlineData("http://example.org/", JobPriority.Normal)]
    [InlineData("http://evil-example.org/", JobPriority.Normal)]
    [InlineData("http://files.example.com.evil.net/", JobPriority.Normal)]
    [InlineData("http://192.0.2.7/x", JobPriority.High)]
    [InlineData("files.example.com", JobPriority.Normal)]
    [InlineData(null, JobPriority.Normal)]
    public void Source_HasThePriorityOfItsHost(string? source, JobPriority priority) =>
        Assert.Equal(priority, new PriorityHosts(["files.example.com", "*.example.org", "192.0.2.7"]).PriorityOf(source));

    [Fact]
    public void Star_IsEverySource() => Assert.Equal(JobPriority.High, new PriorityHosts(["*"]).PriorityOf(null));

    [Theory]
    [InlineData("https://files.example.com/")]
    [InlineData("*.*.example.com")]
    [InlineData("a b")]
    [InlineData("")]
    public void NoHost_IsWrong(string entry)
    {
        var options = new DoorScanOptions { HighPriority = [entry] };

        Assert.Equal(nameof(DoorScanOptions.HighPriority), Assert.Single(options.Problems()).Property);
    }
}
