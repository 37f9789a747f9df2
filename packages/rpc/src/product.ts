/** A product whose operations are served; which one is meant, the version tells. */
export interface Product {
  /** As last uses of access keys name it. */
  readonly name: 'Ram' | 'Sts';
  readonly version: string;
  /** What its actions begin with in policies. */
  readonly service: string;
}

export const RAM: Product = { name: 'Ram', version: '2015-05-01', service: 'ram' };
export const STS: Product = { name: 'Sts', version: '2015-04-01', service: 'sts' };
