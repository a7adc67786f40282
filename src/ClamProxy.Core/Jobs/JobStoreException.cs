namespace ClamProxy.Core.Jobs;

/// <summary>A queue or a result store cannot be used at the moment; whether it has done what it was asked is not known.</summary>
public sealed class JobStoreException : Exception
{
    public JobStoreException()
    {
    }

    public JobStoreException(string message)
        : base(message)
    {
    }

    public JobStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
