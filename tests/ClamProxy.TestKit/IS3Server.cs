namespace ClamProxy.TestKit;

/// <summary>A real server that speaks S3, on a loopback port.</summary>
public interface IS3Server : IAsyncDisposable
{
    int Port { get; }

    string AccessKey { get; }

    string SecretKey { get; }

    /// <summary>Whether a request with a wrong secret key is refused.</summary>
    bool ChecksSignatures { get; }
}
