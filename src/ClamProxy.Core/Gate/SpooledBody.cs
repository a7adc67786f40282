using ClamProxy.Core.Files;
using ClamProxy.Core.Spool;

namespace ClamProxy.Core.Gate;

/// <summary>A body that was downloaded.</summary>
internal sealed class SpooledBody(SpoolFile file) : ILandedBody
{
    public IContentReader OpenReader() => file.OpenReader();

    public void Dispose() => file.Dispose();
}
