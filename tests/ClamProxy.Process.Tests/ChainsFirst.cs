using ClamProxy.Process.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(ChainsFirst))]

namespace ClamProxy.Process.Tests;

/// <summary>
/// Starts the collections of several classes first: each takes minutes on one thread, and all would wait for one that starts last.
/// </summary>
public sealed class ChainsFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(
        IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => collection.TestCollectionClassName is null)];
}
