using System.Reflection;
using ClamProxy.Core.Download;
using ClamProxy.Core.Settings;
using ClamProxy.TestKit;

namespace ClamProxy.Core.Tests.Download;

public sealed class DownloadOptionsTests
{
    [Fact]
    public void Defaults_HaveNoProblemAndLieInTheirRanges()
    {
        var options = new DownloadOptions();

        Assert.Empty(options.Problems());
        foreach (var property in typeof(DownloadOptions).GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var setting = property.GetCustomAttribute<SettingAttribute>();
            Assert.StartsWith("takes ", setting?.Takes, StringComparison.Ordinal);
            double? number = property.GetValue(options) switch { int value => value, TimeSpan value => value.TotalSeconds, _ => null };
            if (number is not null)
            {
                Assert.InRange(number.Value, setting!.Min, setting.Max);
            }
        }
    }

    [Fact]
    public void ConnectTimeoutBeyondTheHeadersTimeout_IsAProblem()
    {
        var options = new DownloadOptions { ConnectTimeout = TimeSpan.FromSeconds(31) };

        Assert.Equal(nameof(DownloadOptions.ConnectTimeout), Assert.Single(options.Problems()).Property);
    }

    [Fact]
    public void CertificateFileThatCannotBeRead_IsAProblem()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("empty.pem"), "no certificate in here");
        string[] files = [folder.File("missing.pem"), folder.File("empty.pem"), folder.Path, ""];

        Assert.All(files, file => Assert.Single(new DownloadOptions { ExtraRootCertificates = file }.Problems()));
    }

    [Fact]
    public void CertificateFileThatCanBeRead_IsNone()
    {
        using var certificate = new FakeOriginCertificate();

        Assert.Empty(new DownloadOptions { ExtraRootCertificates = certificate.RootFile }.Problems());
    }
}
