using System.Text;
using ClamProxy.TestKit;

namespace ClamProxy.Process.Tests.Proxy;

/// <summary>A small PEP 503 index with its files, all on one upstream; links are relative.</summary>
internal sealed class PackageIndex : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeOrigin _origin;
    private readonly Wheel[] _wheels;

    private PackageIndex(FakeOrigin origin, Wheel[] wheels)
    {
        _origin = origin;
        _wheels = wheels;
        foreach (var wheel in wheels)
        {
            origin.On($"/packages/{wheel.FileName}", wheel.Bytes);
            origin.On($"/simple/{wheel.Name}/", context =>
            {
                context.Response.ContentType = "text/html";
                return FakeOrigin.SendAsync(context, Encoding.UTF8.GetBytes(
                    "<!DOCTYPE html><html><body><a "
                        + $"href=\"../../packages/{wheel.FileName}#sha256={wheel.Sha256}\">{wheel.FileName}</a></body></html>"));
            });
        }
    }

    public string Url => _origin.Url;

    /// <summary>A folder that goes with it: for a store of what it has.</summary>
    public string Folder => _folder.Path;

    /// <summary>The targets it was asked for, in order.</summary>
    public IEnumerable<string> Requests => _origin.Requests.Select(request => request.Target);

    public static async Task<PackageIndex> StartAsync(params Wheel[] wheels) => new(await FakeOrigin.StartAsync(), wheels);

    public string Sha256Of(string name) => _wheels.Single(wheel => wheel.Name == name).Sha256;

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        _folder.Dispose();
    }
}
