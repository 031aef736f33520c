package web

import (
	"slices"

	"assess/gonogo/checks"
)

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind {
	return slices.Concat(targetKinds(), headerKinds(), boundaryKinds(), inputKinds(), transportKinds(),
		reliabilityKinds(), operationsKinds(), pageKinds())
}

func targetKinds() []checks.Kind { return []checks.Kind{reachable, controls} }

func headerKinds() []checks.Kind {
	return []checks.Kind{headerXCTO, headerFrame, headerXXSS, headerCSP, headerHSTS, headerReferrer,
		headerIsolation, headerDisclosure, headerErrorPages, headerCache, cookieFlags}
}

func boundaryKinds() []checks.Kind {
	return []checks.Kind{corsPolicy, rateAdvertised, rateEnforced, httpMethods, exposureFiles,
		exposureMetrics, exposureHealthDetail}
}

func inputKinds() []checks.Kind { return []checks.Kind{inputSQLI, inputXSS, inputCMDI} }

func transportKinds() []checks.Kind {
	return []checks.Kind{transportDeclared, transportRedirect, transportCertificate, transportProtocols}
}

func reliabilityKinds() []checks.Kind {
	return []checks.Kind{healthEndpoint, healthComponents, errorsNotFound, errorsStructure, errorsServer, errorsSeen, latency}
}

func operationsKinds() []checks.Kind {
	return []checks.Kind{metricsEndpoint}
}

func pageKinds() []checks.Kind {
	return []checks.Kind{webPages, webLayout, webAssets, webCaching,
		webMixed, webIntegrity, webAccessibility, webContentType}
}
