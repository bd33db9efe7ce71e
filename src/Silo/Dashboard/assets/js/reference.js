// The browsable reference: its script comes from the assembly, and nothing is asked of another host.
Scalar.createApiReference('#reference', {
  url: '/openapi/v1.json', withDefaultFonts: false, telemetry: false, hideClientButton: true, showDeveloperTools: 'never', agent: { disabled: true },
  mcp: { disabled: true },
});
