using Xunit;

namespace Sallyport.Tests.Transport;

/// <summary>For tests that look at the whole process's descriptors: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
