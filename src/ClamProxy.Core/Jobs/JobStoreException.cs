namespace ClamProxy.Core.Jobs;

/// <summary>A queue or a result store cannot be used at the moment; whether it has done what it was asked is not known.</summary>
public sealed class JobStoreException : Exception
{
    /// <summary>What a database of jobs throws.</summary>
    internal static readonly Func<string, Exception, Exception> Of = static (problem, cause) => new JobStoreException(problem, cause);

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
