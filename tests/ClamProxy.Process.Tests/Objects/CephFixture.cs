using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Objects;

/// <summary>One Ceph that all tests of a class share; without its programs they are skipped, which fails in CI.</summary>
public sealed class CephFixture : IAsyncLifetime
{
    private static readonly string[] Programs = ["ceph-mon", "ceph-osd", "ceph", "monmaptool", "radosgw", "radosgw-admin"];

    private RadosGateway? _server;
    private string _missing = "";

    /// <summary>The server; skips the test where there is none.</summary>
    public RadosGateway Server
    {
        get
        {
            Assert.SkipUnless(_missing.Length == 0, $"{_missing} is not installed (Debian: radosgw, ceph-mon, ceph-osd)");
            return _server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/sbin"];
        _missing = Programs.FirstOrDefault(program => !folders.Any(folder => File.Exists(Path.Combine(folder, program)))) ?? "";
        if (_missing.Length == 0)
        {
            _server = await RadosGateway.StartAsync(TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
