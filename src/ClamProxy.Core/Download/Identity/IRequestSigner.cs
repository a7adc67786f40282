namespace ClamProxy.Core.Download.Identity;

/// <summary>Signs requests to an origin. A signature holds the time and the path, so each request is signed each time it is sent.</summary>
public interface IRequestSigner
{
    /// <summary>What a client must not send itself, since the signature is in it.</summary>
    string Field { get; }

    /// <exception cref="HttpRequestException">It has nothing to sign with.</exception>
    Task SignAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
