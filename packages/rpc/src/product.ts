/** A product whose operations are served; which one is meant, the version tells. */
export interface Product {
  /** As last uses of access keys name it. */
  readonly name: 'Ram' | 'Sts' | 'Kms' | 'OpenOss';
  readonly version: string;
  /** What its actions begin with in policies. */
  readonly service: string;
  /** Whether its resources are a region's, and policies name that. */
  readonly isRegional: boolean;
}

export const RAM: Product = {
  name: 'Ram',
  version: '2015-05-01',
  service: 'ram',
  isRegional: false,
};
export const STS: Product = {
  name: 'Sts',
  version: '2015-04-01',
  service: 'sts',
  isRegional: false,
};
export const KMS: Product = {
  name: 'Kms',
  version: '2016-01-20',
  service: 'kms',
  isRegional: true,
};
/** What is this service's own, and no product of Alibaba Cloud's (docs/decisions/0008). */
export const OPENOSS: Product = {
  name: 'OpenOss',
  version: '2026-11-26',
  service: 'openoss',
  isRegional: false,
};
