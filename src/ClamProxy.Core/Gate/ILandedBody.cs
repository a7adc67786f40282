using ClamProxy.Core.Files;

namespace ClamProxy.Core.Gate;

/// <summary>A whole body that a flight has brought; it stays until the flight and every reader have let go of it.</summary>
internal interface ILandedBody : IDisposable
{
    IContentReader OpenReader();
}
